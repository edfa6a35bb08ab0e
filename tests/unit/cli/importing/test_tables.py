"""A file that isn't quite what it should be: nothing in it is lost in silence, and what is wrong is said."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from gongkai.contracts.errors import UserError
from gongkai.tables.event_file import lines


def table(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


@pytest.mark.parametrize("head", ["unit,title", "unit,title,"])
def test_a_cell_that_has_no_heading_refuses_its_line(tmp_path: Path, head: str) -> None:
    file = table(tmp_path / "a.csv", f"{head}\nfinance,好,,\nfinance,甲,乙\n")
    good, bad = lines(file, None, "s")
    assert good.event
    assert good.event["data"] == {"unit": "finance", "title": "好"}
    assert (bad.number, bad.event) == (3, None)
    assert "第 3 格" in bad.fault
    assert " / cell 3" in bad.fault


def test_and_so_it_does_in_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["unit", "title"], ["finance", "好"], ["finance", "甲", "乙"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert [line.event is None for line in lines(tmp_path / "a.xlsx", None, "s")] == [False, True]


@pytest.mark.parametrize(
    ("head", "named"),
    [
        ("text,unit,text", "“text”"),
        ("id,id", "“id”"),
        ("applicant,applicant.name", "“applicant.name”"),
        ("a.b.c,a", "“a.b.c”"),
    ],
)
def test_headings_that_would_be_lost_in_each_other_refuse_the_file(
    tmp_path: Path, head: str, named: str
) -> None:
    with pytest.raises(UserError, match=named):
        list(lines(table(tmp_path / "a.csv", f"{head}\n1,2,3\n"), None, "s"))


def test_several_values_stand_between_semicolons_of_either_kind(tmp_path: Path) -> None:
    [line] = lines(table(tmp_path / "a.csv", "grounds\na；b; c；\n"), None, "s")
    assert line.event
    assert line.event["data"] == {"grounds": ["a", "b", "c"]}


@pytest.mark.parametrize("content", [b"hello", b"PK\x05\x06" + bytes(18)], ids=["text", "empty archive"])
def test_what_is_no_workbook_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(UserError, match=r"不是 Excel 工作簿 / no workbook"):
        list(lines(tmp_path / "a.xlsx", None, "s"))


def test_a_mark_at_the_start_of_a_text_is_no_part_of_its_first_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"a": 1}\n{"a": 1}\n')
    first, second = lines(tmp_path / "a.jsonl", None, "s")
    assert first.event == second.event
    assert first.event
    assert first.hash == second.hash


@pytest.mark.parametrize("cell", [110101199003071234, 1e15, True, "#REF!"])
def test_what_a_spreadsheet_lost_refuses_its_line(tmp_path: Path, cell: object) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["unit", "applicant.id_number"], ["finance", cell], ["finance", 12345.0]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    lost, whole = lines(tmp_path / "a.xlsx", None, "s")
    assert lost.event is None
    assert lost.fault.startswith("第 2 格（applicant.id_number）")
    assert whole.event
    assert whole.event["data"]["applicant"] == {"id_number": "12345"}


def test_a_table_that_can_not_be_read_says_where_and_what_to_do(tmp_path: Path) -> None:
    quote = table(tmp_path / "a.csv", 'unit,title\nfinance,好\nfinance,"甲\n')
    with pytest.raises(UserError, match="第 3 行"):
        list(lines(quote, None, "s"))
    (tmp_path / "b.csv").write_bytes("unit,title\nfinance,预算公开\n".encode("gbk"))
    with pytest.raises(UserError, match="CSV UTF-8"):
        list(lines(tmp_path / "b.csv", None, "s"))
