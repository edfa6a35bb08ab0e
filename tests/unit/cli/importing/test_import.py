"""`gongkai import`: lines of three kinds of file as events, results in their order, and where a second run goes on."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from gongkai.cli.importing import run as importing
from gongkai.client import Unreachable
from gongkai.contracts.errors import UserError
from gongkai.contracts.ingress import DRAFTED
from gongkai.tables.event_file import lines
from tests.unit.cli.importing.fakes import EventSink, append, results, run, write


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)


def test_a_table_is_read_from_csv_and_from_a_workbook_alike(tmp_path: Path) -> None:
    head = ["id", "type", "unit", "applicant.name", "received_on", "grounds", "nothing"]
    row = ["e-1", "x.y", "finance", "示例", "2025-03-03", "a; b", ""]
    text = tmp_path / "t.csv"
    text.write_text("\ufeff" + "\n".join(",".join(each) for each in (head, row)) + "\n\n", encoding="utf-8")
    book = Workbook()
    assert book.active is not None
    book.active.append(head)
    book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    wanted = {
        "specversion": "1.0",
        "source": "s",
        "id": "e-1",
        "type": "x.y",
        "data": {
            "unit": "finance",
            "applicant": {"name": "示例"},
            "received_on": "2025-03-03",
            "grounds": ["a", "b"],
        },
    }
    for file in (text, tmp_path / "t.xlsx"):
        [line] = lines(file, DRAFTED, "s")
        assert (line.number, line.event) == (2, wanted)


def test_a_line_without_an_id_is_named_by_its_words(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"unit": "a", "n": 1}\n\n{"n": 1, "unit": "a"}\n{"unit": "b"}\nno json\n[1]\n')
    first, same, other, broken, array = lines(file, DRAFTED, "s")
    assert first.event
    assert same.event
    assert other.event
    assert first.event["id"] == same.event["id"] != other.event["id"]
    assert (same.number, broken.event, array.event) == (3, None, None)
    with pytest.raises(UserError):
        list(lines(tmp_path / "a.pdf", None, "s"))


async def test_every_line_has_its_result_and_the_same_again_is_said_again(tmp_path: Path) -> None:
    file, sink = tmp_path / "a.jsonl", EventSink()
    write(file, 35)
    file.write_text(file.read_text() + "no json\n")
    assert await run(file, sink) == {"accepted": 35, "refused": 1}
    assert [r["line"] for r in results(file)] == list(range(1, 37))
    assert results(file)[-1]["problem"]["code"] == "import.unreadable"
    assert await run(file, sink) == {"duplicate": 35, "refused": 1}
    assert len(results(file)) == 36


async def test_an_import_goes_on_where_it_ended(tmp_path: Path) -> None:
    file, sink = tmp_path / "a.jsonl", EventSink(most=4)
    write(file, 100)
    with pytest.raises(Unreachable):
        await run(file, sink)
    came = len(results(file))
    assert came % 10 == 0
    append(file, b'{"line": 99')  # as when the disk is full in the middle of a line
    sink.most, before = 1_000, len(sink.seen)
    await run(file, sink)
    assert [r["line"] for r in results(file)] == list(range(1, 101))
    assert len(sink.seen) - before == 100 - came
    assert len(set(sink.seen)) == 100


async def test_a_file_that_was_changed_is_gone_through_from_there(tmp_path: Path) -> None:
    file, sink = tmp_path / "a.jsonl", EventSink()
    write(file, 30)
    await run(file, sink)
    changed = file.read_text().splitlines()
    changed[19] = '{"unit": "finance", "title": "另一"}'
    file.write_text("\n".join([*changed, '{"unit": "finance", "title": "新"}']))
    assert await run(file, sink) == {"accepted": 19 + 2, "duplicate": 10}
    assert len(results(file)) == 31
