"""Idempotency-Key: only the very same command, from the same caller, is a repeat."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from gongkai.ledger.timers import Due
from gongkai.runtime import problems
from gongkai.runtime.commands import CommandId, FreshName
from gongkai.runtime.identity import Principal

KEY = str(uuid4())


class Body(BaseModel):
    says: str


@dataclass
class Tokens:
    """Whose token it is, the token says."""

    def verify(self, token: str, now: datetime) -> Principal:
        issuer, _, person = token.partition(":")
        return Principal(person, issuer)


@dataclass
class Named:
    service: str = "intake"


@dataclass
class Dependencies:
    settings: Named = field(default_factory=Named)
    verifier: Tokens = field(default_factory=Tokens)

    def wall(self) -> datetime:
        return datetime.now(UTC)


def a_service(name: str) -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)
    app.state.deps = Dependencies(Named(name))

    @app.post("/{what}")
    async def carry(what: str, body: Body, command: CommandId, fresh: FreshName) -> dict[str, Any]:
        return {"command": command, "fresh": fresh}

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")


@pytest.fixture
async def intake() -> AsyncIterator[httpx.AsyncClient]:
    async with a_service("intake") as client:
        yield client


async def say(
    client: httpx.AsyncClient,
    path: str = "/a",
    says: str = "yes",
    who: str = "console:li",
    key: str | None = KEY,
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {who}"} | ({"Idempotency-Key": key} if key else {})
    answer = await client.post(path, json={"says": says}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_very_same_command_has_the_same_id(intake: httpx.AsyncClient) -> None:
    assert await say(intake) == await say(intake)


@pytest.mark.parametrize(
    "other",
    [
        {"says": "no"},
        {"path": "/b"},
        {"path": "/a?really=1"},
        {"who": "console:wang"},
        {"who": "portal:li"},
        {"key": str(uuid4())},
        {"key": None},
    ],
)
async def test_whatever_else_is_another_command(intake: httpx.AsyncClient, other: dict[str, Any]) -> None:
    assert (await say(intake))["command"] != (await say(intake, **other))["command"]


async def test_another_service_has_ids_of_its_own(intake: httpx.AsyncClient) -> None:
    async with a_service("review") as review:
        assert (await say(intake))["command"] != (await say(review))["command"]


async def test_without_a_key_every_command_is_new(intake: httpx.AsyncClient) -> None:
    one, other = await say(intake, key=None), await say(intake, key=None)
    assert one["command"] != other["command"]
    assert one["fresh"] != other["fresh"]


async def test_what_is_made_is_named_after_the_key_and_its_caller(intake: httpx.AsyncClient) -> None:
    assert (await say(intake))["fresh"] == (await say(intake, says="no"))["fresh"]
    assert (await say(intake))["fresh"] != (await say(intake, who="console:wang"))["fresh"]


async def test_nobody_takes_the_id_that_a_timer_will_have(intake: httpx.AsyncClient) -> None:
    due = Due("application-overdue", "application-7", datetime(2026, 3, 31, tzinfo=UTC))
    assert UUID((await say(intake, key=str(due.command)))["command"]) != due.command


async def test_a_key_is_a_uuid(intake: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer console:li", "Idempotency-Key": "again"}
    answer = await intake.post("/a", json={"says": "yes"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "input.idempotency-key")
