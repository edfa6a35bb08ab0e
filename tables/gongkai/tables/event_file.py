"""The lines of a file as events: .jsonl, .csv and .xlsx, read as a stream.

A line is an event (it has `specversion`), or the data of one. An event without an id gets one derived from its
content, so that reading the same file again gives the same ids. Columns of a table are fields of the data, with a
point for nested ones (`applicant.name`); `id`, `type`, `source` and `time` are the event's own.
"""

import csv
import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pydantic_core import from_json

from gongkai.contracts.errors import UserError

LIST_COLUMNS: Final = frozenset({"grounds"})  # with several values, separated by a semicolon (; or ；)
FIRST_INEXACT: Final = 10**15  # below this every whole number is exact in a spreadsheet
FORMULA_ERRORS: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
EVENT_COLUMNS: Final = frozenset({"id", "type", "source", "time"})  # attributes of the event, not of its data
OPENPYXL_ERRORS: Final = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    EOFError,
)
"""What openpyxl raises for a file that isn't a workbook."""

ParsedLine = tuple[int, str, dict[str, Any] | str]
"""Number and hash of a line, and its fields; a str instead of fields says why it can't be read."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, from 1 (a table's head is line 1), and the event in it; None for one that can't be read.

    `hash` is of the line as it is in the file, so it changes with any edit.
    """

    number: int
    hash: str
    event: dict[str, Any] | None
    fault: str = ""


def lines(file: Path, kind: str | None, source: str) -> Iterator[Line]:
    """Every line that isn't empty. `kind` and `source`: of the lines that have none of their own."""
    for number, hash_, parsed in _parsed_lines(file):
        if isinstance(parsed, str):
            yield Line(number, hash_, None, parsed)
            continue
        event: dict[str, Any] = parsed if "specversion" in parsed else {"data": parsed}
        event = {"specversion": "1.0", "source": source} | event
        if kind is not None:
            event.setdefault("type", kind)
        if "id" not in event:
            words = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            event["id"] = sha256(words.encode()).hexdigest()[:32]
        yield Line(number, hash_, event)


def _parsed_lines(file: Path) -> Iterator[ParsedLine]:
    match file.suffix.lower():
        case ".jsonl":
            yield from _json_lines(file)
        case ".csv":
            with file.open(encoding="utf-8-sig", newline="") as text:
                yield from _table(_csv(text))
        case ".xlsx":
            yield from _table(_workbook(file))
        case other:
            raise UserError(f"只能导入 .jsonl、.csv、.xlsx / can't import {other or file.name}")


def _json_lines(file: Path) -> Iterator[ParsedLine]:
    with file.open("rb") as text:
        for number, line in enumerate(text, 1):
            parsed = line.removeprefix(BOM_UTF8).strip() if number == 1 else line.strip()
            if parsed:
                yield number, _hash(parsed), _json(parsed)


def _json(line: bytes) -> dict[str, Any] | str:
    try:
        parsed = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        return f"不是 UTF-8 JSON / not JSON in UTF-8: {str(error)[:200]}"
    return parsed if isinstance(parsed, dict) else "不是 JSON 对象 / not a JSON object"


def _hash(parsed: bytes) -> str:
    return blake2b(parsed, digest_size=8).hexdigest()


# -- tables


def _csv(text: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    reader = csv.reader(text, strict=True)
    try:
        for row in reader:
            yield reader.line_num, tuple(row)
    except csv.Error as error:
        raise UserError(
            f"第 {reader.line_num} 行起无法读取，请检查引号是否成对 / can't be read from line {reader.line_num} on: "
            f"is a quote without its other half? {error}"
        ) from None
    except UnicodeDecodeError:
        raise UserError(
            f"第 {reader.line_num + 1} 行附近不是 UTF-8；在 Excel 中请另存为“CSV UTF-8” / not UTF-8 near line "
            f"{reader.line_num + 1}; in Excel, save as “CSV UTF-8”"
        ) from None


def _workbook(file: Path) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows of its first sheet."""
    try:
        workbook = load_workbook(file, read_only=True, data_only=True)
        try:
            yield from enumerate(workbook.worksheets[0].iter_rows(values_only=True), 1)
        finally:
            workbook.close()
    except OPENPYXL_ERRORS as error:
        raise UserError(f"不是 Excel 工作簿 / no workbook of Excel: {file.name}: {error}") from None


def _table(rows: Iterator[tuple[int, tuple[Any, ...]]]) -> Iterator[ParsedLine]:
    head: list[str] = []
    for number, row in rows:
        if not any(cell not in (None, "") for cell in row):
            continue
        if not head:
            head = _head(row)
            continue
        yield number, _hash(repr((head, row)).encode(errors="backslashreplace")), _record(head, row)


def _head(row: tuple[Any, ...]) -> list[str]:
    """The headings, each of which names one field. Raises UserError for doubled and for conflicting headings."""
    head = ["" if cell is None else str(cell).strip() for cell in row]
    for name, times in Counter(filter(None, head)).items():
        if times > 1:
            raise UserError(f"表头“{name}”出现 {times} 次 / the heading “{name}” stands there {times} times")
        within = next((each for each in head if each.startswith(f"{name}.")), None)
        if within and name not in EVENT_COLUMNS:
            raise UserError(
                f"表头“{name}”与“{within}”冲突，请只留其一 / the headings “{name}” and “{within}” exclude each other"
            )
    return head


def _record(head: list[str], row: tuple[Any, ...]) -> dict[str, Any] | str:
    event: dict[str, Any] = {"specversion": "1.0"}
    data: dict[str, Any] = {}
    for n, cell in enumerate(row):
        if cell in (None, ""):
            continue
        name = head[n] if n < len(head) else ""
        if not name:
            return (
                f"第 {n + 1} 格没有表头：文字中的逗号是否未加引号？ / cell {n + 1} has no heading: is there a comma in a text "
                "that has no quotes around it?"
            )
        if (fault := _unreliable(cell)) is not None:
            return f"第 {n + 1} 格（{name}）{fault[0]} / cell {n + 1} ({name}) {fault[1]}"
        value = _value(name, cell)
        if name in EVENT_COLUMNS:
            event[name] = value
            continue
        *parents, last = name.split(".")
        target = data
        for step in parents:
            target = target.setdefault(step, {})
        target[last] = value
    return event | {"data": data}


def _unreliable(cell: Any) -> tuple[str, str] | None:
    """Why the value of a cell can't be what was typed into it; None if it can."""
    if isinstance(cell, bool) or cell in FORMULA_ERRORS:
        return f"是 {cell}，不是文字；请改为文字", f"is {cell}: no text. Type the text"
    if isinstance(cell, int | float) and abs(cell) >= FIRST_INEXACT:
        return (
            "是 15 位以上的数字，表格软件只保留 15 位，末尾已失真；请将该列设为文本后重新填写",
            "is a number of more than 15 digits, of which a spreadsheet keeps 15. Make the column text, and type it again",
        )
    return None


def _value(name: str, cell: Any) -> Any:
    """The cell as text: ISO 8601 for dates, digits for whole numbers; a list in list columns."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return (
        [each.strip() for each in re.split("[;；]", text) if each.strip()] if name in LIST_COLUMNS else text
    )
