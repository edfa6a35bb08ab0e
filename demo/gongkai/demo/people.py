"""Sends commands to the services' APIs as the demo's people; each signs in first."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from gongkai.demo.http_client import HttpClient, HttpResponse
from gongkai.demo.retry import Unavailable, retry
from gongkai.demo.tasks import Command


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

    async def _send(self, command: Command) -> dict[str, Any]:
        if command.person not in self._tokens:
            self._tokens[command.person] = await self._sign_in(command.person)
        headers = {
            "Authorization": f"Bearer {self._tokens[command.person]}",
            "Idempotency-Key": str(command.key),
            "Content-Type": command.media_type,
        }
        body = command.body
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        answer = await self._clients[command.service].post(command.path, headers, raw)
        if answer.status == 401 and command.person in self._tokens:
            del self._tokens[command.person]
            raise Unavailable("the token has run out")  # sign in again
        return _parsed(f"{command.person} {command.service}{command.path}", answer)

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
