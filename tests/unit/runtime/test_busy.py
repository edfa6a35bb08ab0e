"""What a full queue looks like from outside: come again in a second."""

import httpx
from fastapi import FastAPI

from gongkai.ledger.append import Full
from gongkai.runtime import problems


async def test_a_full_queue_answers_503_and_says_when_to_come_again() -> None:
    app = FastAPI()
    problems.install(app)

    @app.post("/commands")
    async def command() -> None:
        raise Full

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        answer = await client.post("/commands")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "busy"
