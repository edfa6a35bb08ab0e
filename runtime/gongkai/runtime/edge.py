"""The edge of every service: what no address, form or body may hold, and how much of it is read (等保: input checks).

PostgreSQL's text has no NUL, and UTF-8 has no lone half of a surrogate pair: whoever sends one gets told so.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MIB: Final = 1024 * 1024
LARGEST: Final = MIB  # bytes of a request's body
LARGEST_TEXT: Final = 17 * MIB  # where a text or file of 16 MiB comes in: room for the rest of its form
_DRAINED: Final = 32 * MIB  # so much more is read and thrown away, for a caller who reads only after sending
_ESCAPED: Final = re.compile(rb"\\u(0000|[dD][89a-fA-F])")  # as JSON may write what is refused
_BAD: Final = re.compile("[\0\ud800-\udfff]")

Answering = Callable[[Request, Exception], Awaitable[Response]]


def storable(text: str) -> bool:
    """Whether the text can be stored and sent: no NUL, no lone surrogate."""
    return _BAD.search(text) is None


async def typed(request: Request, *, large: bool = False, **limits: int) -> FormData:
    """A posted form. Raises HTTPException (400, 413, 422)."""
    form = await request.form(max_part_size=LARGEST_TEXT if large else LARGEST, **limits)
    words = (word for pair in form.multi_items() for word in pair if isinstance(word, str))
    if not all(storable(word) for word in words):
        raise HTTPException(422)
    return form


class InputLimits:
    """ASGI middleware, the innermost: refuses in the way in which the application itself says 404, 413 or 422.

    `large`: paths that take a text. A body of JSON is looked into before anything else sees it, except on paths in
    `own_bodies`, which bound and check theirs themselves.
    """

    def __init__(self, app: ASGIApp, *, large: Iterable[str] = (), own_bodies: Iterable[str] = ()) -> None:
        self.app, self._large, self._own_bodies = app, frozenset(large), frozenset(own_bodies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        own = scope["path"] in self._own_bodies
        most = LARGEST_TEXT if own or scope["path"] in self._large else LARGEST
        counted = _counted(receive, most)
        status = None
        if not storable(scope["path"]):
            status = 404
        elif b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
            status = 422
        elif _length(headers) > most:
            status = 413
            await _drain(receive)
        elif not own and b"json" in headers.get(b"content-type", b"").lower() and _has_body(headers):
            try:
                body, counted = await _whole(counted)
            except HTTPException:
                status = 413
            else:
                status = None if _clean(body) else 422
        if status is None:
            await self.app(scope, counted, send)
            return
        answer = await _refusal(scope, status)
        await answer(scope, receive, send)


async def _refusal(scope: Scope, status: int) -> Response:
    """As the application answers everything: a problem document, or a page."""
    handlers: Mapping[Any, Answering] = scope["app"].exception_handlers
    return await handlers[HTTPException](Request(scope), HTTPException(status))


def _length(headers: Mapping[bytes, bytes]) -> int:
    told = headers.get(b"content-length", b"0")
    return int(told) if told.isdigit() and len(told) < 20 else LARGEST_TEXT + 1


def _has_body(headers: Mapping[bytes, bytes]) -> bool:
    return _length(headers) > 0 or b"transfer-encoding" in headers


def _counted(receive: Receive, most: int) -> Receive:
    """Raises HTTPException (413) in who reads more than `most` bytes, whatever length was announced."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return counting


async def _drain(receive: Receive) -> None:
    seen, more = 0, True
    while more and seen < _DRAINED:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


async def _whole(receive: Receive) -> tuple[bytes, Receive]:
    """The body, and what gives it out once again."""
    pieces: list[bytes] = []
    message: Message = {"more_body": True}
    while message.get("more_body", False):
        message = await receive()
        pieces.append(message.get("body", b""))
    body = b"".join(pieces)
    waiting = [message if message["type"] != "http.request" else {"type": "http.request", "body": body}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return body, again


def _clean(body: bytes) -> bool:
    """Whether no string of a JSON text has what is refused. What isn't JSON, its own reader refuses."""
    if not _ESCAPED.search(body) and b"\0" not in body:
        return True
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return True
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and not storable(value):
            return False
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return True
