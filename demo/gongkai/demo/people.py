"""The demo's people at work: each signs in, and says commands to the services' APIs as that person."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from gongkai.demo.http_client import Answer, Wire
from gongkai.demo.retry import Away, insist
from gongkai.demo.tasks import Say


class NotDone(Exception):
    """A service refused: the play or the service is wrong. Its problem document says why."""

    def __init__(self, what: str, answer: Answer) -> None:
        super().__init__(f"{what}: {answer.status} {answer.body.decode(errors='replace')}")
        self.answer = answer


class People:
    def __init__(self, urls: Mapping[str, str]) -> None:
        self._wires = {service: Wire(url) for service, url in urls.items()}
        self._tokens: dict[str, str] = {}

    async def say(self, command: Say) -> dict[str, Any]:
        """Say it until it is heard. Raises NotDone when it is refused."""
        return await insist(f"{command.service}{command.path}", partial(self._say, command))

    async def _say(self, command: Say) -> dict[str, Any]:
        if command.person not in self._tokens:
            self._tokens[command.person] = await self._sign_in(command.person)
        headers = {
            "Authorization": f"Bearer {self._tokens[command.person]}",
            "Idempotency-Key": str(command.key),
            "Content-Type": command.media_type,
        }
        body = command.body
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        answer = await self._wires[command.service].post(command.path, headers, raw)
        if answer.status == 401 and command.person in self._tokens:
            del self._tokens[command.person]
            raise Away("the token has run out")  # a long play: sign in again
        return _heard(f"{command.person} {command.service}{command.path}", answer)

    async def _sign_in(self, person: str) -> str:
        """In a demo, and only there, without a password."""
        body = json.dumps({"person": person}).encode()
        answer = await self._wires["console"].post("/api/token", {"Content-Type": "application/json"}, body)
        return str(_heard(f"{person} console/api/token", answer)["access_token"])

    def close(self) -> None:
        for wire in self._wires.values():
            wire.close()


def _heard(what: str, answer: Answer) -> dict[str, Any]:
    if answer.status >= 500:
        raise Away(f"{answer.status} {answer.body.decode(errors='replace')[:300]}")
    if answer.status >= 300:
        raise NotDone(what, answer)
    found: dict[str, Any] = json.loads(answer.body)
    return found
