"""Sends commands to the services' APIs as the demo's people; each signs in first."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Literal

from gongkai.demo.http_client import HttpClient, HttpResponse
from gongkai.demo.retry import Unavailable, retry
from gongkai.demo.tasks import Command, Signature

# How a sign-off stands once a signature has counted: said again, it is a repeat.
_AFTER: Final = {"give": "completed", "return": "returned"}


class CommandRefused(Exception):
    """A service refused: the demo or the service is wrong. Its problem document says why."""

    def __init__(self, what: str, answer: HttpResponse) -> None:
        super().__init__(f"{what}: {answer.status} {answer.body.decode(errors='replace')}")
        self.answer = answer


class People:
    def __init__(self, urls: Mapping[str, str]) -> None:
        self._clients = {service: HttpClient(url) for service, url in urls.items()}
        self._tokens: dict[str, str] = {}

    async def send(self, command: Command) -> dict[str, Any]:
        """Retries until the service answers. Raises CommandRefused."""
        return await retry(f"{command.service}{command.path}", partial(self._send, command))

    async def sign(self, signature: Signature) -> dict[str, Any]:
        """Waits until there is something to sign, reads what it is, and signs that. Raises CommandRefused."""
        path = f"/sign-offs/{signature.case}"

        async def act() -> dict[str, Any]:
            shown = await self._call("GET", "review", path, person=signature.person)
            if shown.status == 404:
                raise Unavailable("not given to sign yet")
            stands = _parsed(f"{signature.person} review{path}", shown)
            if stands["state"] not in ("waiting", _AFTER[signature.decision]):
                raise Unavailable("the one before is shown still")
            body = {name: stands[name] for name in ("subject", "digest")}
            body |= {"decision": signature.decision, "opinion": signature.opinion}
            return await self._send(Command("review", path, signature.person, body, signature.key))

        return await retry(path, act)

    async def _send(self, command: Command) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(command.key), "Content-Type": command.media_type}
        body = command.body
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        answer = await self._call(
            "POST", command.service, command.path, person=command.person, headers=headers, raw=raw
        )
        return _parsed(f"{command.person} {command.service}{command.path}", answer)

    async def _call(
        self,
        method: Literal["GET", "POST"],
        service: str,
        path: str,
        *,
        person: str,
        headers: Mapping[str, str] = {},
        raw: bytes = b"",
    ) -> HttpResponse:
        """One request with the person's token. Raises Unavailable when it has run out."""
        if person not in self._tokens:
            self._tokens[person] = await self._sign_in(person)
        sent = {"Authorization": f"Bearer {self._tokens[person]}", **headers}
        client = self._clients[service]
        answer = await (client.get(path, sent) if method == "GET" else client.post(path, sent, raw))
        if answer.status == 401 and person in self._tokens:
            del self._tokens[person]
            raise Unavailable("the token has run out")  # sign in again
        return answer

    async def _sign_in(self, person: str) -> str:
        """In a demo, and only there, without a password."""
        body = json.dumps({"person": person}).encode()
        answer = await self._clients["console"].post("/api/token", {"Content-Type": "application/json"}, body)
        return str(_parsed(f"{person} console/api/token", answer)["access_token"])

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def _parsed(what: str, answer: HttpResponse) -> dict[str, Any]:
    if answer.status >= 500:
        raise Unavailable(f"{answer.status} {answer.body.decode(errors='replace')[:300]}")
    if answer.status >= 300:
        raise CommandRefused(what, answer)
    found: dict[str, Any] = json.loads(answer.body)
    return found
