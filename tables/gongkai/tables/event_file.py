"""The lines of a file as events: .jsonl, .csv and .xlsx, read as a stream.

A line is an event (it has `specversion`), or the data of one. An event that has no id gets one made of its words, so
that the same file again says the same. Columns of a table are fields of the data, with a point for those inside
another (`applicant.name`); `id`, `type`, `source` and `time` are the event's own.
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

LISTS: Final = frozenset({"grounds"})  # columns that hold several values, with a semicolon (; or ；) between
DIGITS: Final = 10**15  # up to here every whole number is exact in a spreadsheet
FAILED: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})  # formulas
OWN: Final = frozenset({"id", "type", "source", "time"})  # columns of the event itself
NO_WORKBOOK: Final = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    EOFError,
)
"""What openpyxl raises for a file that only has the name of one."""

Said = tuple[int, str, dict[str, Any] | str]
"""Number and hash of a line, and what it says; a str is why it can't be read."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, from 1 (a table's head is line 1), and the event in it; None for one that can't be read.

    `hash` is of the line as it stands in the file: another when a word of it changes.
    """

    number: int
    hash: str
    event: dict[str, Any] | None
    fault: str = ""


def lines(file: Path, kind: str | None, source: str) -> Iterator[Line]:
    """Every line that isn't empty. `kind` and `source` are of those lines that don't say."""
    for number, hash_, said in _said(file):
        if isinstance(said, str):
            yield Line(number, hash_, None, said)
            continue
        event: dict[str, Any] = said if "specversion" in said else {"data": said}
        event = {"specversion": "1.0", "source": source} | event
        if kind is not None:
            event.setdefault("type", kind)
        if "id" not in event:
            words = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            event["id"] = sha256(words.encode()).hexdigest()[:32]
        yield Line(number, hash_, event)


def _said(file: Path) -> Iterator[Said]:
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


def _json_lines(file: Path) -> Iterator[Said]:
    with file.open("rb") as text:
        for number, line in enumerate(text, 1):
            said = line.removeprefix(BOM_UTF8).strip() if number == 1 else line.strip()
            if said:
                yield number, _hash(said), _json(said)


def _json(line: bytes) -> dict[str, Any] | str:
    try:
        said = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        return f"不是 UTF-8 JSON / not JSON in UTF-8: {str(error)[:200]}"
    return said if isinstance(said, dict) else "不是 JSON 对象 / not a JSON object"


def _hash(said: bytes) -> str:
    return blake2b(said, digest_size=8).hexdigest()


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
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            yield from enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
        finally:
            book.close()
    except NO_WORKBOOK as error:
        raise UserError(f"不是 Excel 工作簿 / no workbook of Excel: {file.name}: {error}") from None


def _table(rows: Iterator[tuple[int, tuple[Any, ...]]]) -> Iterator[Said]:
    head: list[str] = []
    for number, row in rows:
        if not any(cell not in (None, "") for cell in row):
            continue
        if not head:
            head = _head(row)
            continue
        yield number, _hash(repr((head, row)).encode(errors="backslashreplace")), _record(head, row)


def _head(row: tuple[Any, ...]) -> list[str]:
    """The headings, each of which names one field. Raises UserError where one would be lost in another."""
    head = ["" if cell is None else str(cell).strip() for cell in row]
    for name, times in Counter(filter(None, head)).items():
        if times > 1:
            raise UserError(f"表头“{name}”出现 {times} 次 / the heading “{name}” stands there {times} times")
        within = next((each for each in head if each.startswith(f"{name}.")), None)
        if within and name not in OWN:
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
        if (fault := _lost(cell)) is not None:
            return f"第 {n + 1} 格（{name}）{fault[0]} / cell {n + 1} ({name}) {fault[1]}"
        value = _value(name, cell)
        if name in OWN:
            event[name] = value
            continue
        *above, last = name.split(".")
        inside = data
        for step in above:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return event | {"data": data}


def _lost(cell: Any) -> tuple[str, str] | None:
    """Why a cell doesn't hold what somebody wrote into it."""
    if isinstance(cell, bool) or cell in FAILED:
        return f"是 {cell}，不是文字；请改为文字", f"is {cell}: no text. Type the text"
    if isinstance(cell, int | float) and abs(cell) >= DIGITS:
        return (
            "是 15 位以上的数字，表格软件只保留 15 位，末尾已失真；请将该列设为文本后重新填写",
            "is a number of more than 15 digits, of which a spreadsheet keeps 15. Make the column text, and type it again",
        )
    return None


def _value(name: str, cell: Any) -> Any:
    """As it was written: a day is a day, and a number that stands for a text is that text."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return [each.strip() for each in re.split("[;；]", text) if each.strip()] if name in LISTS else text
