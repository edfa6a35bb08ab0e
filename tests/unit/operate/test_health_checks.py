"""Whether a service answers: by its own word, and no stranger's."""

from typing import Any

import httpx
import pytest

from gongkai.operate.processes import health_checks as answers


async def asked(answer: httpx.Response, pid: int | None = 7) -> bool:
    transport = httpx.MockTransport(lambda _: answer)
    async with httpx.AsyncClient(transport=transport) as client:
        return await answers.health(client, "http://review.test", "review", pid)


@pytest.mark.parametrize(
    ("said", "ready"),
    [
        ({"service": "review", "pid": 7, "status": "ok"}, True),
        ({"service": "review", "pid": 8}, False),
        ({"service": "portal", "pid": 7}, False),
        ({"status": "ok"}, False),
        (["review", 7], False),
        (None, False),
    ],
)
async def test_only_the_process_itself_says_that_it_is_ready(said: Any, ready: bool) -> None:
    assert await asked(httpx.Response(200, json=said)) is ready
    assert not await asked(httpx.Response(503, json=said))


async def test_a_strangers_page_is_no_word_of_ours() -> None:
    assert not await asked(httpx.Response(200, text="<h1>It works</h1>"))
    assert await asked(httpx.Response(200, json={"service": "review", "pid": 9}), pid=None)
