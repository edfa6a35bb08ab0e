"""Where a second run goes on, and that it does so only for the same: deployment, system, type, source, and words."""

import json
from pathlib import Path
from typing import Any

import pytest

from gongkai.cli.importing import run as importing
from gongkai.client import Problem, Unreachable
from gongkai.contracts.ingress import DRAFTED, RECEIVED, Result
from tests.unit.cli.importing.fakes import (
    Event,
    EventSink,
    append,
    cut_last_byte,
    results,
    run,
    write,
    write_events,
    written,
)


def refused_at(*titles: int) -> Any:
    return lambda event: event["data"]["title"] in [f"第{n}号" for n in titles]


async def interrupted(file: Path, **more: Any) -> int:
    """How many lines have their result."""
    with pytest.raises(Unreachable):
        await run(file, EventSink(most=4, bad=refused_at(3)), **more)
    came = len(results(file))
    assert came
    return came


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)


async def test_the_first_line_says_for_what_the_results_are(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", 3)
    await run(tmp_path / "a.jsonl", EventSink(), practice=True)
    head = {
        "intake": "http://here",
        "system": "oa",
        "type": DRAFTED,
        "source": "import/test",
        "practice": True,
    }
    assert written(tmp_path / "a.jsonl")[0] == {"import": head}


@pytest.mark.parametrize(
    "before",
    [
        {"practice": True},
        {"intake": "http://there"},
        {"system": "hotline"},
        {"kind": RECEIVED},
        {"kind": None},
        {"source": "import/other"},
    ],
)
async def test_what_was_done_for_another_is_put_aside_and_nothing_is_left_out(
    tmp_path: Path, before: dict[str, Any]
) -> None:
    file, sink, renamed = tmp_path / "a.jsonl", EventSink(), list[Path]()
    write(file, 100)
    came = await interrupted(file, **before)
    assert await run(file, sink, on_other_results=renamed.append) == {"accepted": 100}
    assert (len(sink.seen), len(results(file))) == (100, 100)
    assert renamed == [tmp_path / "a.jsonl.results.1.jsonl"]
    assert len(renamed[0].read_text().splitlines()) == came + 1
    await run(file, sink, on_other_results=renamed.append, **before)
    assert renamed[1:] == [tmp_path / "a.jsonl.results.2.jsonl"]


async def test_results_of_an_older_version_are_put_aside(tmp_path: Path) -> None:
    file, sink, renamed = tmp_path / "a.jsonl", EventSink(), list[Path]()
    write(file, 20)
    append(file, b'{"line": 1, "id": "e", "state": "accepted"}\n')
    assert await run(file, sink, on_other_results=renamed.append) == {"accepted": 20}
    assert len(renamed) == 1


async def test_what_the_last_run_refused_counts(tmp_path: Path) -> None:
    file, shown = tmp_path / "a.jsonl", list[int]()
    write(file, 100)
    came = await interrupted(file)
    outcome = await run(file, EventSink(), on_progress=lambda done, _: shown.append(done))
    assert outcome == {"accepted": 99, "refused": 1}
    assert [each["state"] for each in results(file)].count("refused") == 1
    assert (shown[0], shown[-1]) == (came, 100)


@pytest.mark.parametrize(
    "cut",
    [b'{"line": 99', b'{"line": Infinity, "hash": "x", "state": "accepted"}\n', b"[]\n", b'{"line": 5}\n'],
)
async def test_a_last_line_that_makes_no_sense_counts_for_nothing(tmp_path: Path, cut: bytes) -> None:
    file, sink = tmp_path / "a.jsonl", EventSink()
    write(file, 100)
    came = await interrupted(file)
    append(file, cut)
    await run(file, sink)
    assert [each["line"] for each in results(file)] == list(range(1, 101))
    assert len(sink.seen) == 100 - came


async def test_neither_does_a_whole_one_that_lacks_its_end(tmp_path: Path) -> None:
    file, sink = tmp_path / "a.jsonl", EventSink()
    write(file, 100)
    came = await interrupted(file)
    cut_last_byte(file)
    await run(file, sink)
    assert [each["line"] for each in results(file)] == list(range(1, 101))
    assert len(sink.seen) == 100 - came + 1


async def test_words_that_were_changed_under_the_same_ids_are_said_again(tmp_path: Path) -> None:
    file, sink = tmp_path / "a.jsonl", EventSink()
    events = [{"id": f"e-{n}", "data": {"title": f"第{n}号"}} for n in range(100)]
    write_events(file, *events)
    await interrupted(file)
    write_events(file, *events[:5], {"id": "e-5", "data": {"title": "另一"}}, *events[6:])
    assert await run(file, sink) == {"accepted": 99, "refused": 1}
    assert sink.seen == [f"e-{n}" for n in range(5, 100)]


async def test_a_changed_cell_of_a_table_is_said_again_too(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = [f"e-{n},第{n}号" for n in range(50)]
    file.write_text("\n".join(["id,title", *rows]))
    with pytest.raises(Unreachable):
        await run(file, EventSink(most=4))
    file.write_text("\n".join(["id,title", *rows[:7], "e-7,另一", *rows[8:]]))
    sink = EventSink()
    await run(file, sink)
    assert sink.seen == [f"e-{n}" for n in range(7, 50)]


async def test_a_line_that_the_door_refuses_with_its_whole_batch_is_refused_alone(tmp_path: Path) -> None:
    class Strict(EventSink):
        async def hand_in(self, events: list[Event], *, practice: bool = False) -> list[Result]:
            if any(event["data"].get("title") == "第33号" for event in events):
                raise Problem(400, {"code": "ingress.not-json", "title": "嵌套过深", "title_en": "too deep"})
            return await super().hand_in(events, practice=practice)

    file = tmp_path / "a.jsonl"
    write(file, 50)
    assert await run(file, Strict()) == {"accepted": 49, "refused": 1}
    [bad] = [each for each in results(file) if each["state"] == "refused"]
    assert (bad["line"], bad["problem"]["code"]) == (34, "ingress.not-json")
    assert json.dumps(bad)
