"""The client of an agency's system: its token, its events, and their results."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx
from pydantic_core import to_json

from gongkai.client.client import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Problem,
    Unreachable,
    document_of,
    is_retryable,
    retry_delay,
)
from gongkai.contracts.ingress import BATCH, LARGEST, MOST, Result

RENEW_BEFORE: Final = 60.0  # seconds before its end that a token is renewed
MAX_BATCH_BYTES: Final = LARGEST - 64 * 1024  # bytes of a batch
_TOO_LARGE: Final = {
    "code": "ingress.body-too-large",
    "title": f"一次最多提交 {LARGEST} 字节，有一个事件超过此数。",
    "title_en": f"A request holds at most {LARGEST} bytes; one event has more.",
}


class System:
    """`system` and `key` as the registrar gave them. `patience`: seconds that a request may take, retries included."""

    def __init__(
        self,
        intake: str,
        console: str,
        system: str,
        key: str,
        *,
        patience: float = 120.0,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._intake, self._console = intake.rstrip("/"), console.rstrip("/")
        self._system, self._key, self._patience = system, key, patience
        self._http = http or httpx.AsyncClient(timeout=60, trust_env=False)
        self._token, self._until = "", 0.0
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def hand_in(self, events: Sequence[Mapping[str, Any]], *, practice: bool = False) -> list[Result]:
        """Hand in CloudEvents, in order; a result each. Retried until there is a response.

        Raises Problem when a whole request is refused (as 401; 413 for an event that no request holds), Unreachable
        when patience ends. Either way all can be sent again: what was accepted is a duplicate then.
        """
        results: list[Result] = []
        path = "/v1/sandbox/events" if practice else "/v1/events"
        bodies = batches([to_json(event) for event in events])
        if any(len(body) > LARGEST for body in bodies):
            raise Problem(
                413, _TOO_LARGE
            )  # as the ingress would, which stops reading and closes the connection
        for batch in bodies:
            answer = await self._send("POST", path, content=batch, headers={"Content-Type": BATCH})
            results += [Result.model_validate(each) for each in answer]
        return results

    async def status(self, source: str, id: str) -> dict[str, Any] | None:
        """The result of one event; None for one that was never sent."""
        try:
            found = await self._send("GET", f"/v1/events/{quote(source, safe='')}/{quote(id, safe='')}")
        except Problem as problem:
            if problem.status == 404:
                return None
            raise
        return dict(found)

    async def keys(self) -> dict[str, Any]:
        """The deployment's public keys, for personal data on Kafka: a JWK Set."""
        return dict(await self._send("GET", "/v1/keys"))

    async def _send(self, method: str, path: str, **request: Any) -> Any:
        end, pause, last = time.monotonic() + self._patience, FIRST_PAUSE, ""
        headers, refreshed = request.pop("headers", {}), False
        while time.monotonic() < end:
            wait = pause
            try:
                bearer = {"Authorization": f"Bearer {await self._bearer()}"}
                answer = await self._http.request(
                    method, self._intake + path, headers=headers | bearer, **request
                )
            except httpx.UnsupportedProtocol:
                raise  # a wrong address stays wrong
            except httpx.TransportError as error:
                last = repr(error)
            else:
                if answer.is_success:
                    return answer.json()
                if answer.status_code == 401 and not refreshed:
                    self._until, refreshed = 0.0, True
                    continue
                if not is_retryable(answer):
                    raise Problem(answer.status_code, document_of(answer))
                last = f"{answer.status_code} {answer.text[:200]}"
                wait = retry_delay(answer, pause, end - time.monotonic())
            await asyncio.sleep(min(wait, max(0.0, end - time.monotonic())))
            pause = min(pause * 2, LONGEST_PAUSE)
        raise Unreachable(f"{path}: {last}")

    async def _bearer(self) -> str:
        """A token that is still valid for a while. Raises Problem for a wrong key, TransportError without a response."""
        async with self._renewing:
            if time.monotonic() > self._until - RENEW_BEFORE:
                answer = await self._http.post(
                    self._console + "/api/token",
                    data={"grant_type": "client_credentials"},
                    auth=(self._system, self._key),
                )
                if is_retryable(answer):
                    raise httpx.ConnectError(f"{answer.status_code} {answer.text[:200]}")
                if not answer.is_success:
                    raise Problem(answer.status_code, document_of(answer))
                token = answer.json()
                self._token = str(token["access_token"])
                self._until = time.monotonic() + float(token["expires_in"])
            return self._token


def batches(events: Sequence[bytes]) -> list[bytes]:
    """Bodies of batches as large as the ingress takes them, in order."""
    bodies: list[bytes] = []
    current: list[bytes] = []
    size = 0
    for event in events:
        if current and (len(current) == MOST or size + len(event) + 1 > MAX_BATCH_BYTES):
            bodies.append(b"[" + b",".join(current) + b"]")
            current, size = [], 0
        current.append(event)
        size += len(event) + 1
    return [*bodies, b"[" + b",".join(current) + b"]"] if current else bodies
