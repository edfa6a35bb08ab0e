"""A typed client of the services' APIs. Every command carries an idempotency key, so that it can be sent again; it is
retried, with growing pauses, while a service is unreachable or busy."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx

FIRST_PAUSE = 0.05  # seconds
LONGEST_PAUSE = 2.0


@dataclass(slots=True)
class Problem(Exception):
    """The service refused, with an RFC 9457 problem document: what is wrong, where, by which clause."""

    status: int
    document: Mapping[str, Any]

    @property
    def code(self) -> str:
        return str(self.document.get("code", ""))

    def __str__(self) -> str:
        says = " / ".join(str(self.document.get(k)) for k in ("title", "title_en") if self.document.get(k))
        where = f" at {self.document['field']}" if self.document.get("field") else ""
        clause = f" ({self.document['clause']})" if self.document.get("clause") else ""
        return f"{self.status} {self.code}{clause}{where}: {says}"


class Unreachable(Exception):
    """The service did not answer within the client's patience."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A command's answer: what it made or changed, and where its last event stands in the log."""

    id: str
    place: str | None
    repeated: bool
    more: Mapping[str, Any] = field(default_factory=dict)


class Client:
    """One deployment, by the addresses of its services. `patience`: seconds a command may take, retries included."""

    def __init__(
        self, urls: Mapping[str, str], *, patience: float = 120.0, http: httpx.AsyncClient | None = None
    ) -> None:
        self._urls = dict(urls)
        self._patience = patience
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
        self._http = http or httpx.AsyncClient(timeout=30, limits=limits, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    # -- intake

    async def register_unit(self, token: str, command: UUID, entry: Mapping[str, Any]) -> Answered:
        return await self._command("intake", "/units", token, command, entry)

    async def put_text(self, token: str, text: bytes, media_type: str = "text/plain") -> str:
        """Store a text; its SHA-256 in hex."""
        headers = {"Content-Type": media_type}
        answer = await self._send("POST", "intake", "/texts", token, headers, content=text)
        return str(answer["digest"])

    async def draft(self, token: str, command: UUID, draft: Mapping[str, Any]) -> Answered:
        return await self._command("intake", "/documents", token, command, draft)

    async def apply(self, token: str, command: UUID, application: Mapping[str, Any]) -> Answered:
        """`more` has the receipt and the query code."""
        return await self._command("intake", "/applications", token, command, application)

    async def answer_application(
        self, token: str, command: UUID, application: str, answer: Mapping[str, Any]
    ) -> Answered:
        """`more["state"]`: `answered` for a system, which reports what it sent; `proposed` for a person, whose answer goes
        out when it is signed."""
        return await self._command("intake", f"/applications/{application}/answer", token, command, answer)

    # -- review and publishing

    async def examine(self, token: str, command: UUID, document: str, opinion: Mapping[str, Any]) -> Answered:
        return await self._command("review", f"/reviews/{document}", token, command, opinion)

    async def answer_consultation(
        self, token: str, command: UUID, consultation: str, answer: Mapping[str, Any]
    ) -> Answered:
        return await self._command("review", f"/consultations/{consultation}/answer", token, command, answer)

    async def publish(self, token: str, command: UUID, document: str, digest: str) -> Answered:
        return await self._command(
            "publishing", f"/publications/{document}", token, command, {"digest": digest}
        )

    async def gate(self, token: str, document: str) -> Mapping[str, Any]:
        """What is still missing before the newest version can be published."""
        return await self._send("GET", "publishing", f"/publications/{document}/gate", token, {})

    # -- requests

    async def _command(
        self, service: str, path: str, token: str, command: UUID, body: Mapping[str, Any]
    ) -> Answered:
        headers = {"Idempotency-Key": str(command)}
        answer = dict(await self._send("POST", service, path, token, headers, json=body))
        return Answered(answer.pop("id"), answer.pop("place"), answer.pop("repeated"), answer)

    async def _send(
        self, method: str, service: str, path: str, token: str, headers: Mapping[str, str], **body: Any
    ) -> dict[str, Any]:
        """Raises Problem for a 4xx, Unreachable when patience ends."""
        end, pause, last = time.monotonic() + self._patience, FIRST_PAUSE, ""
        while time.monotonic() < end:
            wait = pause
            try:
                answer = await self._http.request(
                    method,
                    self._urls[service] + path,
                    headers={"Authorization": f"Bearer {token}", **headers},
                    **body,
                )
            except httpx.TransportError as error:
                last = repr(error)
            else:
                if answer.is_success:
                    found: dict[str, Any] = answer.json()
                    return found
                if not is_retryable(answer):
                    raise Problem(answer.status_code, document_of(answer))
                last = f"{answer.status_code} {answer.text[:200]}"
                wait = retry_delay(answer, pause, end - time.monotonic())
            await asyncio.sleep(min(wait, max(0.0, end - time.monotonic())))
            pause = min(pause * 2, LONGEST_PAUSE)
        raise Unreachable(f"{service}{path}: {last}")


def is_retryable(answer: httpx.Response) -> bool:
    """Whether to retry: every 5xx, which isn't the caller's fault, and timeouts. The idempotency key makes a command count
    once, whatever became of the first attempt."""
    return answer.status_code >= 500 or answer.status_code == httpx.codes.REQUEST_TIMEOUT


def retry_delay(answer: httpx.Response, pause: float, left: float) -> float:
    """Seconds until the next attempt: as Retry-After says, but `pause` at least. `pause` if Retry-After is longer than the
    patience that is `left`: waiting for it would be giving up early."""
    retry_after = answer.headers.get("Retry-After", "")
    wanted = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
    return max(pause, wanted) if wanted < left else pause


def document_of(answer: httpx.Response) -> Mapping[str, Any]:
    with suppress(ValueError):
        if isinstance(document := answer.json(), dict):
            return document
    return {"title": answer.text[:500]}  # not from the service: a proxy's
