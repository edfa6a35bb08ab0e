"""What the file says of one case is decided in the file's order; what has nothing in common goes together."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from gongkai.cli.importing import run as importing
from gongkai.contracts.ingress import ANSWERED, RECEIVED, Result
from gongkai.tables.event_file import lines
from tests.unit.cli.importing.fakes import run, write, write_events


class Hasty:
    """Decides the newest of the requests that are on their way first: the worst order there can be."""

    def __init__(self) -> None:
        self.decided: list[dict[str, Any]] = []
        self.on_the_way = self.together = 0

    async def hand_in(self, events: list[dict[str, Any]], *, practice: bool = False) -> list[Result]:
        self.on_the_way += 1
        self.together = max(self.together, self.on_the_way)
        mine = self.on_the_way
        for _ in range(30):  # turns of the loop, in which others may come
            await asyncio.sleep(0)
        while mine < self.on_the_way:
            await asyncio.sleep(0)
        self.decided += events
        self.on_the_way -= 1
        return [
            Result(source=event["source"], id=event["id"], state="accepted", status=202) for event in events
        ]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)


async def test_lines_that_have_nothing_in_common_go_three_requests_at_a_time(tmp_path: Path) -> None:
    sink = Hasty()
    write(tmp_path / "a.jsonl", 95)
    assert await run(tmp_path / "a.jsonl", sink) == {"accepted": 95}
    assert sink.together == importing.MAX_REQUESTS == 3


async def test_versions_of_one_document_keep_their_order(tmp_path: Path) -> None:
    sink = Hasty()
    write_events(
        tmp_path / "a.jsonl", *({"id": f"e-{n}", "data": {"document": "d", "n": n}} for n in range(35))
    )
    await run(tmp_path / "a.jsonl", sink)
    assert [event["data"]["n"] for event in sink.decided] == list(range(35))


async def test_an_application_is_received_before_it_is_answered(tmp_path: Path) -> None:
    sink = Hasty()
    received = [{"id": f"r-{n}", "type": RECEIVED, "data": {"application": f"a-{n}"}} for n in range(10)]
    answered = [{"id": f"a-{n}", "type": ANSWERED, "data": {"application": f"a-{n}"}} for n in range(10)]
    write_events(tmp_path / "a.jsonl", *received, *answered)
    await run(tmp_path / "a.jsonl", sink)
    assert [event["type"] for event in sink.decided] == [RECEIVED] * 10 + [ANSWERED] * 10


async def test_only_the_batch_that_has_a_case_in_common_waits(tmp_path: Path) -> None:
    sink = Hasty()
    about = [f"d-{n}" for n in range(20)] + ["d-0"] + [f"d-{n}" for n in range(21, 50)]
    write_events(
        tmp_path / "a.jsonl",
        *({"id": f"e-{n}", "data": {"document": each}} for n, each in enumerate(about)),
    )
    await run(tmp_path / "a.jsonl", sink)
    decided = [event["id"] for event in sink.decided]
    assert decided.index("e-0") < decided.index("e-20")
    assert decided.index("e-10") < decided.index("e-0")  # those two were on their way together
    assert sink.together == 3


async def test_the_same_event_twice_and_data_in_base64_keep_their_order_too(tmp_path: Path) -> None:
    sink = Hasty()
    encoded = base64.b64encode(json.dumps({"document": "d"}).encode()).decode()
    others = [{"id": f"e-{n}", "data": {"n": n}} for n in range(9)]
    write_events(
        tmp_path / "a.jsonl", {"id": "same", "data": {"n": 1}}, *others, {"id": "same", "data": {"n": 2}}
    )
    await run(tmp_path / "a.jsonl", sink)
    assert [event["data"]["n"] for event in sink.decided if event["id"] == "same"] == [1, 2]
    sink = Hasty()
    write_events(
        tmp_path / "b.jsonl",
        {"id": "x", "data_base64": encoded},
        *others,
        {"id": "y", "data": {"document": "d"}},
    )
    await run(tmp_path / "b.jsonl", sink)
    assert [event["id"] for event in sink.decided if event["id"] in "xy"] == ["x", "y"]


def test_what_is_no_proper_event_has_no_case(tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [
        {"id": 5, "data": None},
        {"id": "a", "source": ["s"], "data": {"document": ["d"], "application": 3}},
        {"id": "b", "data_base64": "no base64!"},
        {"id": "c", "data": [1]},
    ]
    write_events(tmp_path / "a.jsonl", *odd)
    cases = [list(importing.cases_of(line)) for line in lines(tmp_path / "a.jsonl", None, "s")]
    assert cases == [[], [], [("event", "s", "b")], [("event", "s", "c")]]
