"""A batch that the ingress can't take as a whole: the event at fault is moved aside, and blocks no other."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from gongkai.client import Problem, Queue, System, Tally
from gongkai.contracts.ingress import Result

UNREADABLE = Problem(400, {"code": "ingress.not-json", "title": "不是有效的 JSON。", "title_en": "Not JSON."})
TOO_LARGE = Problem(413, {"title": "<html>413 Request Entity Too Large</html>"})  # a proxy's


class EventReceiver:
    """Refuses every batch with a bad event in it, as a whole."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.seen = problem, list[str]()

    async def hand_in(self, events: list[Mapping[str, Any]]) -> list[Result]:
        if any(event.get("bad") for event in events):
            raise self.problem
        self.seen += [event["id"] for event in events]
        return [Result(source="s", id=event["id"], state="accepted", status=202) for event in events]


def events(count: int, *bad: int) -> list[dict[str, Any]]:
    return [{"source": "s", "id": str(n)} | ({"bad": True} if n in bad else {}) for n in range(count)]


@pytest.mark.parametrize(
    ("problem", "code"), [(UNREADABLE, "ingress.not-json"), (TOO_LARGE, "http.413")], ids=["400", "413"]
)
async def test_the_culprits_of_a_batch_are_moved_aside(tmp_path: Path, problem: Problem, code: str) -> None:
    ingress = EventReceiver(problem)
    with Queue(tmp_path / "queue") as queue:
        queue.put(events(300, 3, 4, 250))
        assert await queue.hand_in(ingress) == Tally(accepted=297, refused=3)
        assert len(queue) == 0
        assert [refusal.event["id"] for refusal in queue.refused()] == ["3", "4", "250"]
        assert {refusal.problem["code"] for refusal in queue.refused()} == {code}
    assert ingress.seen == [str(n) for n in range(300) if n not in (3, 4, 250)]


@pytest.mark.parametrize("problem", [Problem(401, {}), Problem(400, {"error": "invalid_request"})])
async def test_what_no_event_is_to_blame_for_is_raised_and_all_still_wait(
    tmp_path: Path, problem: Problem
) -> None:
    with Queue(tmp_path / "queue") as queue:
        queue.put(events(4, 2))
        with pytest.raises(Problem):
            await queue.hand_in(EventReceiver(problem))
        assert (len(queue), queue.refused()) == (4, [])


async def test_what_an_older_version_put_in_and_nobody_can_read_holds_up_nobody(tmp_path: Path) -> None:
    with Queue(tmp_path / "queue") as queue:
        queue.put(events(1))
    with sqlite3.connect(tmp_path / "queue") as old:
        old.execute("INSERT INTO waiting (event) VALUES (?)", (b'{"n": 1' + b"0" * 5_000 + b"}",))
    old.close()
    with Queue(tmp_path / "queue") as queue:
        queue.put(events(1))
        assert await queue.hand_in(EventReceiver(UNREADABLE)) == Tally(accepted=2, refused=1)
        [refusal] = queue.refused()
        assert refusal.problem["code"] == "queue.unreadable"
        assert refusal.event["unreadable"].startswith('{"n": 10')


async def test_an_event_that_no_request_holds_is_not_sent() -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    async with System("http://i", "http://c", "s", "k", http=_over(never)) as system:
        with pytest.raises(Problem) as problem:
            await system.hand_in([{"data": "x" * 5_000_000}])
        assert (problem.value.status, problem.value.code) == (413, "ingress.body-too-large")


def _over(handler: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(handler))
