"""`POST /v1/events`: events over HTTP, in the three modes of CloudEvents; the state of each event; the public keys."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.requests import ClientDisconnect

from gongkai.contracts.errors import BadInput
from gongkai.contracts.ingress import BATCH, LARGEST, MOST, ONE, CloudEvent, Result
from gongkai.intake.ingress import envelope, input_errors, refusals, store
from gongkai.intake.ingress.concurrency import IngressLimits
from gongkai.intake.ingress.handler import IngressHandler
from gongkai.intake.ingress.rights import ACTIONS as BY_TYPE
from gongkai.intake.ingress.rights import calling_system
from gongkai.ledger.read import Connection
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.openapi import answers
from gongkai.runtime.problems import MEDIA_TYPE
from gongkai.runtime.rights import OBSERVE, acts

router = APIRouter(prefix="/v1", tags=["ingress"])

PAGE: Final = 100  # events in an answer
BODY_TIMEOUT: Final = 20.0  # seconds for a whole body: 0.8 MB/s for the largest
ACTIONS: Final = tuple(BY_TYPE.values())
_EVENT_SCHEMA: Final = CloudEvent.model_json_schema()
_REQUEST: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": f"ce-{name}",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": f"二进制模式的属性 · binary mode: the attribute {name}, percent-encoded",
        }
        for name in ("specversion", "id", "source", "type", "time")
    ],
    "requestBody": {
        "required": True,
        "content": {
            ONE: {"schema": _EVENT_SCHEMA},
            BATCH: {"schema": {"type": "array", "items": _EVENT_SCHEMA, "maxItems": MOST}},
            "application/json": {"schema": {"type": "object"}},
        },
    },
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": Result | list[Result],
        "description": "已报送过的事件；或一批，逐条给出结果 · said before; or a batch, with a result an event",
    },
    202: {"model": Result, "description": "已接收 · accepted"},
    **answers(404, 408, 409, 415),
}


class Listed(BaseModel):
    """One page of what was handed in, newest first."""

    events: list["Status"]
    older: int | None = None  # `before` of the next page
    newer: int | None = None  # `after` of the one above


class Status(BaseModel):
    """An event as it stands. `data`: what is kept of a refused one."""

    n: int
    system: str
    type: str | None
    via: str
    at: datetime
    result: Result
    data: dict[str, Any] | None = None


def handler_of(request: Request) -> IngressHandler:
    handler: IngressHandler = request.app.state.ingress_handler
    return handler


@router.post(
    "/events",
    summary="报送事件 · Hand in events",
    responses=_RESPONSES,
    openapi_extra=_REQUEST,
    response_model=None,
)
@acts(*ACTIONS)
async def hand_in(request: Request, who: Asking) -> Response:
    """Hand in one event or a batch of them; each is accepted, a duplicate, or refused by itself."""
    return await _handle(request, who, sandbox=False)


@router.post(
    "/sandbox/events",
    summary="演练报送 · Practise handing in",
    responses=_RESPONSES,
    openapi_extra=_REQUEST,
    response_model=None,
    name="practise",
)
@acts(*ACTIONS)
async def hand_in_sandbox(request: Request, who: Asking) -> Response:
    """The same for practice: all is checked and decided, and nothing is written."""
    return await _handle(request, who, sandbox=True)


async def _handle(request: Request, who: Principal, *, sandbox: bool) -> Response:
    system, unit = await calling_system(request.app.state.deps, who)
    limits: IngressLimits = request.app.state.ingress_limits
    async with (limits.sandbox if sandbox else limits.real).slot():
        events, one = await _events(request)
        results = await handler_of(request).handle(who, system, unit, events, via="http", sandbox=sandbox)
    if not one:
        return Response(to_json(results), media_type="application/json")
    [result] = results
    if result.problem is None:
        return Response(to_json(result), result.status, media_type="application/json")
    named = {"source": result.source, "id": result.id, "state": result.state} | (
        {"practice": True} if sandbox else {}
    )
    return Response(to_json(result.problem.model_dump() | named), result.status, media_type=MEDIA_TYPE)


async def _events(request: Request) -> tuple[list[Any], bool]:
    """The events of a request, and whether it is a single one. Raises BadInput for a body that holds none."""
    whole = request.headers.get("content-type", "")
    media_type = whole.partition(";")[0].strip().lower()
    is_binary = "ce-specversion" in request.headers
    if media_type not in (ONE, BATCH) and not is_binary:
        raise input_errors.wrong_media_type(media_type)
    body = await _body(request)
    if media_type == BATCH:
        return envelope.batch(body), False
    try:
        if media_type == ONE:
            return [envelope.parse(body)], True
        return [envelope.binary(request.headers.raw, whole or None, body)], True
    except BadInput as error:
        return [error], True


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise input_errors.body_too_large()
    except ClientDisconnect:
        raise input_errors.disconnected() from None
    except TimeoutError:  # it holds a slot that others wait for
        raise input_errors.too_slow(BODY_TIMEOUT) from None
    return bytes(body)


Number = Annotated[int | None, Query(ge=0, lt=2**63)]


@router.get("/events", summary="已报送的事件 · What was handed in")
@acts(*ACTIONS)
async def handed_in(
    who: Asking,
    deps: DependenciesOf,
    *,
    state: Annotated[str, Query(pattern="^(accepted|refused)?$")] = "",
    before: Number = None,
    after: Number = None,
) -> Listed:
    """What the system handed in, newest first: pages of 100; `older` and `newer` name the next ones."""
    system, unit = await calling_system(deps, who)
    return await page_of(deps.pool, [unit], store.Cursor(before, after), system=system, state=state)


async def page_of(
    pool: Connection, units: list[str], cursor: store.Cursor, *, system: str, state: str
) -> Listed:
    rows = await store.page(pool, units, cursor, system=system, state=state, limit=PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if cursor.after is not None:
        rows.reverse()
    older = rows and (more or cursor.after is not None)
    newer = rows and (cursor.before is not None or (cursor.after is not None and more))
    return Listed(
        events=[status_of(row) for row in rows],
        older=rows[-1].n if older else None,
        newer=rows[0].n if newer else None,
    )


def status_of(row: store.StoredEvent) -> Status:
    return Status(
        n=row.n, system=row.system, type=row.type, via=row.via, at=row.at, result=row.result, data=row.data
    )


@router.get("/events/{source:path}/{id}", summary="一个事件的结果 · What became of one event")
@acts(*ACTIONS)
async def status(source: str, id: str, request: Request, who: Asking, deps: DependenciesOf) -> Status:
    """What became of one event. Source and id are percent-encoded, each as a whole."""
    system, _ = await calling_system(deps, who)
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("/v1/events/")[2]
    if raw.count("/") == 1:
        source, id = map(unquote, raw.split("/"))
    row = await store.find(deps.pool, system, source, id)
    if row is None:
        raise refusals.unknown()
    return status_of(row)


@router.get("/keys", summary="加密公钥 · Keys to encrypt to")
@acts(OBSERVE)
async def keys(request: Request, deps: DependenciesOf) -> dict[str, Any]:
    """The public keys that personal data is encrypted to: a JWK Set, the newest first. Anybody may have them."""
    return await handler_of(request).keys.public(deps.wall())
