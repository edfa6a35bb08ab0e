"""What a full queue looks like from outside, and a database that is away: come again."""

from typing import Any

import httpx
import pytest
from asyncpg import InterfaceError
from fastapi import FastAPI

from gongkai.ledger.append import Full
from gongkai.ledger.read import DISCONNECTED
from gongkai.runtime import problems

# As asyncpg's own error for a value that has no place in PostgreSQL.
Unencodable: Any = type("Unencodable", (InterfaceError, ValueError), {})


async def answer_to(error: Exception) -> httpx.Response:
    """What a caller is told when a command meets that error."""
    app = FastAPI()
    problems.install(app)

    @app.post("/commands")
    async def command() -> None:
        raise error

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        return await client.post("/commands")


@pytest.mark.parametrize("away", DISCONNECTED)
async def test_without_a_database_the_answer_is_503(away: type[Exception]) -> None:
    answer = await answer_to(away("gone"))
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


async def test_a_value_that_cant_be_stored_is_no_outage() -> None:
    assert (await answer_to(Unencodable("out of range"))).status_code == 422


async def test_a_full_queue_answers_503_and_says_when_to_come_again() -> None:
    answer = await answer_to(Full())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "busy"
