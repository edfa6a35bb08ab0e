"""The register as a workbook: what its cells say, and what is wrong where."""

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as some
from openpyxl import Workbook, load_workbook

from gongkai.contracts.unit_entry import UnitEntry
from gongkai.contracts.vocabulary import Duty, StandingMatter, StandingRole
from gongkai.tables.unit_template import template
from gongkai.tables.unit_workbook import SHEETS, UnitRow, UnreadableWorkbook, _superiors_first, heading, read

WHOLE = template()
FINANCE = {
    "单位编号": "finance",
    "单位名称": "示例区财政局",
    "类别": "政府部门",
    "适用规则": "sc",
}


def workbook(*units: dict[str, Any], **sheets: list[dict[str, Any]]) -> bytes:
    """The template, filled in."""
    book = load_workbook(io.BytesIO(template()))
    for name, rows in {"单位": list(units), **sheets}.items():
        for row in rows:
            book[name].append([row.get(column.zh) for column in SHEETS[name]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def decode_if(content: bytes) -> UnitRow:
    (row,) = read(content)
    return row


@pytest.mark.clause("SC-1.1", "SC-1.3", "SC-A1.2", "CX-10")
def test_a_row_says_what_the_api_takes() -> None:
    full = FINANCE | {
        "层级": "县区级",
        "上级主管部门": "city-finance",
        "管理体制": "双重领导",
        "常设职能": "政务公开主管部门、secrecy",
        "承办科室": "办公室",
        "政务公开工作机构": "办公室",
        "机构专人编号": "li",
        "以自己名义履职": "是",
        "生效日期": datetime(2026, 3, 1),  # noqa: DTZ001 - as openpyxl reads and writes a day
    }
    people = [{"单位编号": "finance", "人员编号": "li", "姓名": "李明", "职责": "政务公开专员，拟稿人"}]
    matters = [{"单位编号": "finance", "事项": "政府公报", "承办科室": "综合科"}]
    row = decode_if(workbook(full, 人员=people, 非公文分工=matters))
    assert row.faults == []
    entry = UnitEntry.model_validate(row.entry)
    assert entry.roles == (StandingRole.AUTHORITY, StandingRole.SECRECY)
    assert entry.officers[0].duties == (Duty.DISCLOSURE_OFFICER, Duty.DRAFTER)
    assert entry.assignments[0].matter is StandingMatter.GAZETTE
    assert entry.body is not None
    assert (entry.body.officer, entry.own_name, str(entry.effective_on)) == ("li", True, "2026-03-01")


@pytest.mark.clause("SC-1.1")
@pytest.mark.parametrize(
    ("changes", "column", "clause"),
    [
        ({"单位名称": ""}, "单位名称", "SC-1.1"),
        ({"类别": "部门"}, "类别", "GT-whom"),
        ({"常设职能": "主管部门"}, "常设职能", "SC-1.1"),
        ({"生效日期": "3月1日"}, "生效日期", "SC-A1.3"),
        ({"以自己名义履职": "也许"}, "以自己名义履职", "GT-whom"),
        ({"联系电话": 12345}, "政务公开工作机构", "SC-A1.2"),
    ],
)
def test_what_is_wrong_is_named_by_row_column_and_clause(
    changes: dict[str, Any], column: str, clause: str
) -> None:
    row = decode_if(workbook(FINANCE | changes))
    (fault,) = row.faults
    assert (fault.sheet, fault.row, fault.column, fault.clause) == ("单位", 2, column, clause)
    assert fault.says.zh
    assert fault.says.en


def test_a_unit_twice_and_an_officer_of_no_unit_are_faults() -> None:
    stranger = {"单位编号": "nobody", "人员编号": "li", "姓名": "李明", "职责": "拟稿人"}
    rows = read(workbook(FINANCE, FINANCE, 人员=[stranger]))
    found = [(f.sheet, f.row, f.column) for row in rows for f in row.faults]
    assert found == [("单位", 3, "单位编号"), ("人员", 2, "单位编号")]


def test_a_superior_comes_before_who_is_under_it() -> None:
    under = FINANCE | {"单位编号": "under", "上级主管部门": "finance"}
    assert [row.unit for row in read(workbook(under, FINANCE))] == ["finance", "under"]
    circle = FINANCE | {"上级主管部门": "under"}
    assert {row.unit for row in read(workbook(under, circle))} == {"finance", "under"}


def test_the_line_of_superiors_may_be_as_long_as_the_sheet() -> None:
    line = [FINANCE | {"单位编号": f"u{n}", "上级主管部门": f"u{n + 1}"} for n in range(1_500)]
    assert [row.unit for row in read(workbook(*line))] == [f"u{n}" for n in reversed(range(1_500))]


@for_all(some.lists(some.integers(0, 7), min_size=8, max_size=8), some.permutations(range(8)))
def test_every_unit_is_told_once_and_only_a_circle_has_one_before_its_superior(
    above: list[int], order: list[int]
) -> None:
    rows = [UnitRow(n, f"u{n}", {"superior": f"u{above[n]}"}) for n in order]
    told = [row.row for row in _superiors_first(rows)]
    assert sorted(told) == list(range(8))
    for n in set(range(8)) - set(_circling(above)):
        assert told.index(above[n]) < told.index(n)


def _circling(above: list[int]) -> Iterator[int]:
    for start in range(len(above)):
        at = start
        for _ in above:
            at = above[at]
            if at == start:
                yield start
                break


def test_a_refused_field_has_its_heading() -> None:
    assert heading("/superior") == "上级主管部门"
    assert heading("/officers/0/person") == "人员"
    assert heading("/somewhere") == ""


def test_an_empty_template_has_no_units() -> None:
    assert read(template()) == []


def test_a_book_without_the_sheet_or_its_columns_is_none() -> None:
    book = Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableWorkbook, match="单位"):
        read(out.getvalue())
    book.create_sheet("单位").append(["单位编号", "单位名称"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableWorkbook, match="类别"):
        read(out.getvalue())


@settings(deadline=None, max_examples=60)
@for_all(some.binary(max_size=200), some.integers(0, 3000))
def test_a_broken_file_is_said_to_be_one(junk: bytes, at: int) -> None:
    for content in (junk, WHOLE[:at] + junk + WHOLE[at + len(junk) :]):
        with suppress(UnreadableWorkbook):
            read(content)
