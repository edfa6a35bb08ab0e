"""The register as a workbook (.xlsx): a row a unit, a row an officer, a row an assignment (SC-1.1, SC-1.3, CX-10).

Coded values may be written in words, 政府部门, or as codes, `department`. Headings: see SHEETS.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from openpyxl import load_workbook

from gongkai.contracts.clauses import ClauseId, clause
from gongkai.contracts.errors import Sentence
from gongkai.contracts.problem import Finding
from gongkai.contracts.vocabulary import (
    CodedTerm,
    Duty,
    Level,
    Management,
    StandingMatter,
    StandingRole,
    UnitKind,
)

MAX_ROWS: Final = 5_000  # of a sheet
MAX_COLUMNS: Final = 50
MAX_BYTES: Final = 64 * 1024 * 1024  # unpacked
SEPARATORS: Final = re.compile(r"[、,，;；\n]")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its headings, and the JSON pointer of the field that it holds."""

    zh: str
    en: str
    pointer: str
    clause: ClauseId = "SC-1.1"
    required: bool = False
    words: type[CodedTerm] | None = None
    multiple: bool = False
    hint: str = ""


UNITS: Final = (
    Column("单位编号", "unit", "/unit", required=True, hint="小写字母、数字、连字符，登记后不变"),
    Column("单位名称", "name", "/name", required=True),
    Column("类别", "kind", "/kind", "GT-whom", required=True, words=UnitKind),
    Column("适用规则", "jurisdiction", "/jurisdiction", "GT-scope", required=True, hint="规则书编号，如 sc"),
    Column("层级", "level", "/level", "HZ-A4d", words=Level),
    Column("所属人民政府", "government", "/government", "SC-1.2", hint="单位编号"),
    Column("上级主管部门", "superior", "/superior", "SC-1.2", hint="单位编号"),
    Column("管理体制", "managed", "/managed", "SC-1.2", words=Management),
    Column("统一社会信用代码", "code", "/code"),
    Column("常设职能", "roles", "/roles", words=StandingRole, multiple=True),
    Column("承办科室", "section", "/section", "SC-1.3"),
    Column("政务公开工作机构", "body", "/body/name", "SC-A1.2"),
    Column("机构专人编号", "body officer", "/body/officer", "SC-A1.2", hint="人员编号，职责含政务公开专员"),
    Column("办公地址", "address", "/body/address", "WY-A.3"),
    Column("办公时间", "hours", "/body/hours", "WY-A.3"),
    Column("联系电话", "phone", "/body/phone", "WY-A.3"),
    Column("以自己名义履职", "own name", "/own_name", "GT-whom", hint="是、否；空白：按类别"),
    Column("生效日期", "effective on", "/effective_on", "SC-A1.3", hint="空白：登记当日"),
)
OFFICERS: Final = (
    Column("单位编号", "unit", "/unit", "SC-1.3", required=True),
    Column("人员编号", "person", "/person", "SC-1.3", required=True),
    Column("姓名", "name", "/name", "SC-1.3", required=True),
    Column("职责", "duties", "/duties", "SC-1.3", required=True, words=Duty, multiple=True),
)
ASSIGNMENTS: Final = (
    Column("单位编号", "unit", "/unit", "CX-10", required=True),
    Column("事项", "matter", "/matter", "CX-10", required=True, words=StandingMatter),
    Column("承办科室", "section", "/section", "CX-10", required=True),
)
SHEETS: Final = {"单位": UNITS, "人员": OFFICERS, "非公文分工": ASSIGNMENTS}
REQUIRED_SHEETS: Final = ("单位",)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: sheet, row (from 1) and heading."""

    sheet: str
    row: int
    column: str
    clause: ClauseId
    says: Sentence


@dataclass(slots=True)
class UnitRow:
    """One unit of the workbook: the body for POST /units, or what is wrong with it."""

    row: int
    unit: str
    entry: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class UnreadableWorkbook(Exception):
    """The file can't be read as a workbook of units."""

    says: Sentence

    def __str__(self) -> str:
        return f"{self.says.zh} / {self.says.en}"


@clause("SC-1.1", "SC-1.3", "SC-A1.2", "CX-10")
def read(content: bytes) -> list[UnitRow]:
    """The units in the order of the file, a superior before those under it. Raises UnreadableWorkbook."""
    workbook = _cells(content)
    rows = [_unit(row, cells) for row, cells in _rows(workbook, "单位")]
    by_id: dict[str, UnitRow] = {}
    for row in rows:
        if row.unit in by_id:
            first = by_id[row.unit].row
            says = Sentence(f"单位“{row.unit}”在第{first}行已有", f"{row.unit} is in row {first}")
            row.faults.append(Fault("单位", row.row, "单位编号", "SC-1.1", says))
        by_id.setdefault(row.unit, row)
    unknown_units = [
        *_add_sheet(workbook, "人员", "officers", by_id),
        *_add_sheet(workbook, "非公文分工", "assignments", by_id),
    ]
    return [*_superiors_first(rows), *unknown_units]


def _superiors_first(rows: list[UnitRow]) -> list[UnitRow]:
    """A unit after its superior, where the file has both: the register refuses an unknown superior."""
    by_id, ordered = {row.unit: row for row in rows}, dict[int, UnitRow]()

    for row in rows:
        line: list[UnitRow] = []
        seen: set[str] = set()
        above: UnitRow | None = row
        while above is not None and above.unit not in seen and id(above) not in ordered:
            line.append(above)
            seen.add(above.unit)
            above = by_id.get(str(above.entry.get("superior") or ""))
        ordered |= {id(each): each for each in reversed(line)}
    return list(ordered.values())


def heading(pointer: str | None) -> str:
    """The heading of the column for the field of a refusal; "" if there is none."""
    asked = pointer or ""
    for sheet, name in (("人员", "/officers"), ("非公文分工", "/assignments")):
        if asked.startswith(name):
            return sheet
    return next((column.zh for column in UNITS if column.pointer == asked), "")


Cells = dict[str, list[tuple[Any, ...]]]  # the lines of each sheet, the headings first


def _cells(content: bytes) -> Cells:
    """The cells of the known sheets, up to the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_BYTES:
                raise UnreadableWorkbook(
                    Sentence("文件展开后过大。", "The file is too large once it is unpacked.")
                )
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return {
                sheet: list(
                    workbook[sheet].iter_rows(values_only=True, max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS)
                )
                for sheet in SHEETS
                if sheet in workbook.sheetnames
            }
        finally:
            workbook.close()
    except UnreadableWorkbook:
        raise
    except Exception:  # openpyxl raises all kinds of errors for broken files
        raise UnreadableWorkbook(
            Sentence("不是可以读取的 .xlsx 文件。", "Not an .xlsx file that can be read.")
        ) from None


def _rows(workbook: Cells, sheet: str) -> Iterator[tuple[int, dict[Column, Any]]]:
    """Number and cells of each row that isn't empty. Raises UnreadableWorkbook for a sheet or headings that are missing."""
    columns, lines = SHEETS[sheet], workbook.get(sheet)
    if lines is None:
        if sheet in REQUIRED_SHEETS:
            raise UnreadableWorkbook(
                Sentence(f"工作簿中没有“{sheet}”表。", f"The workbook has no sheet “{sheet}”.")
            )
        return
    if len(lines) > MAX_ROWS + 1:
        says = Sentence(f"“{sheet}”表超过{MAX_ROWS}行。", f"Sheet “{sheet}” has over {MAX_ROWS} rows.")
        raise UnreadableWorkbook(says)
    heads = [_text(cell).rstrip("*") for cell in (lines[0] if lines else ())]
    places = {c: next((n for n, head in enumerate(heads) if head in (c.zh, c.en)), None) for c in columns}
    missing = [c.zh for c, place in places.items() if c.required and place is None]
    if missing:
        zh, en = f"“{sheet}”表缺少列：{'、'.join(missing)}。", f"Sheet “{sheet}” lacks: {', '.join(missing)}."
        raise UnreadableWorkbook(Sentence(zh, en))
    for number, cells in enumerate(lines[1:], start=2):
        found = {c: cells[place] for c, place in places.items() if place is not None and place < len(cells)}
        if any(_text(value) for value in found.values()):
            yield number, found


def _unit(number: int, cells: dict[Column, Any]) -> UnitRow:
    row = UnitRow(number, "")
    for column in UNITS:
        value = _value("单位", number, column, cells.get(column), row.faults)
        if value is None:
            continue
        into, name = row.entry, column.pointer[1:]
        if "/" in name:
            outer, _, name = name.partition("/")
            into = row.entry.setdefault(outer, {})
        into[name] = value
    row.unit = str(row.entry.get("unit", ""))
    body = row.entry.get("body")
    if body and "name" not in body:
        says = Sentence("请填写政务公开工作机构的名称", "Name the disclosure body")
        row.faults.append(Fault("单位", number, "政务公开工作机构", "SC-A1.2", says))
    return row


def faults_of(row: UnitRow, found: Iterable[Finding]) -> list[Fault]:
    """The register's refusal as faults of the workbook's cells."""
    return [
        Fault("单位", row.row, heading(f.field) or f.field or "", f.clause or "SC-1.1", Sentence(f.zh, f.en))
        for f in found
    ]


def _add_sheet(workbook: Cells, sheet: str, name: str, by_id: dict[str, UnitRow]) -> list[UnitRow]:
    """Add the rows of another sheet to their units. Returned: rows for units that the first sheet doesn't have."""
    unknown_units = []
    for number, cells in _rows(workbook, sheet):
        faults: list[Fault] = []
        values = {c.pointer[1:]: _value(sheet, number, c, cells.get(c), faults) for c in SHEETS[sheet]}
        unit = by_id.get(str(values.pop("unit") or ""))
        if unit is None:
            says = Sentence("“单位”表中没有该单位", "the sheet “单位” has no such unit")
            faults.append(Fault(sheet, number, "单位编号", "SC-1.1", says))
            unit = UnitRow(number, "")
            unknown_units.append(unit)
        unit.faults += faults
        unit.entry.setdefault(name, []).append(values)
    return unknown_units


def _value(sheet: str, row: int, column: Column, cell: Any, faults: list[Fault]) -> Any:
    """The value of a cell as the API takes it; None for an empty one."""
    text = _text(cell)

    def wrong(zh: str, en: str) -> None:
        faults.append(Fault(sheet, row, column.zh, column.clause, Sentence(zh, en)))

    if not text:
        if column.required:
            wrong("必填", "needed")
        return None
    if column.words is not None:
        parts = _split(text) if column.multiple else [text]
        known = {word: term.value for term in column.words for word in (term.zh, term.en, term.value)}
        for part in parts:
            if part not in known:
                choices = "、".join(term.zh for term in column.words)
                wrong(f"没有“{part}”，可选：{choices}", f"no “{part}”: one of {', '.join(column.words)}")
        codes = [known[part] for part in parts if part in known]
        return codes if column.multiple else (codes[0] if codes else None)
    if column.pointer == "/effective_on":
        try:
            return str(cell.date() if isinstance(cell, datetime) else date.fromisoformat(text))
        except ValueError:
            return wrong("日期应如 2026-03-01", "a day is written 2026-03-01")
    if column.pointer == "/own_name":
        yes_or_no = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}.get(
            text.lower()
        )
        return yes_or_no if yes_or_no is not None else wrong("应为“是”或“否”", "yes or no")
    return text


def _split(text: str) -> list[str]:
    """The words of a cell that holds several."""
    return [part.strip() for part in SEPARATORS.split(text) if part.strip()]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
