"""`--documents DIR`: each text in it goes in as a document of its agency, is reviewed and published, byte for byte.

For the folder of the regulations that this system serves these are the real, published texts of the law: national
regulations and local rules, which nobody holds a copyright in (著作权法第五条). Their agencies are real, the officers
who act for them in the demo are invented.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gongkai.contracts.errors import UserError
from gongkai.contracts.vocabulary import Level, UnitKind
from gongkai.demo.unit import Unit

MEDIA_TYPES: Final = {".txt": "text/plain", ".md": "text/markdown"}
LARGEST: Final = 5 * 1024 * 1024  # bytes: what intake takes

# The regulations by file name, and whose they are. Where one of them lies in the folder, nothing else of it is
# taken: the other files are about the law, not law.
KNOWN: Final = {
    "shangcheng-2020.txt": Unit(
        "shangcheng",
        "杭州市上城区人民政府办公室",
        "上政办",
        (),
        jurisdiction="sc",
        government=None,
        people="演示上",
    ),
    "chuxiong-2023.txt": Unit(
        "chuxiong", "楚雄市人民政府办公室", "楚政办", (), jurisdiction="cx", government=None, people="演示楚"
    ),
    "wuyuan-2023.txt": Unit(
        "rongfeng",
        "五原县荣丰办事处",
        "荣丰",
        (),
        UnitKind.SUBDISTRICT,
        jurisdiction="wy",
        government=None,
        people="演示荣",
    ),
    "huizhou-2018.txt": Unit(
        "huizhou",
        "惠州市人民政府办公室",
        "惠府办",
        (),
        jurisdiction="hz",
        government=None,
        people="演示惠",
        level=Level.CITY,
    ),
    "lieshan-2021.txt": Unit(
        "lieshan", "烈山区发展和改革委员会", "烈发改", (), jurisdiction="ls", government=None, people="演示烈"
    ),
    "order711.md": Unit(
        "guowuyuan",
        "国务院",
        "国令",
        (),
        UnitKind.GOVERNMENT,
        jurisdiction="cn",
        government=None,
        people="演示国",
        level=Level.NATIONAL,
    ),
}
ARCHIVE: Final = Unit("zlzx", "示例区资料中心", "示资", (), UnitKind.INSTITUTION, people="演示资")

_HEADING = re.compile(
    r"^(?:#+\s*)?([^\s:,;。,;:《》<>|【】]*(?:制度|规程|規程|条例|條例|办法|辦法|机制)(?:汇编)?)$"
)
_DATE = re.compile(r"((?:19|20)\d\d)[年-](\d{1,2})[月-](\d{1,2})")
_NUMBER = re.compile(r"^[\u4e00-\u9fff]{2,12}〔\d{4}〕\d+[号號]$")
_BODY = re.compile(r"^\s*(?:#+\s*)?(?:第一[条條章]|一[、.])")


@dataclass(frozen=True, slots=True)
class SuppliedDocument:
    """A text as it lies in the folder, with what its document will be called."""

    document: str
    file: str
    agency: Unit
    title: str
    number: str | None
    formed_on: date
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_folder(folder: Path, today: date) -> tuple[SuppliedDocument, ...]:
    """The texts of a folder, by file name. UserError: there are none, or one isn't a text. `today`: where none says."""
    try:
        files = sorted(f for f in folder.iterdir() if f.is_file() and f.suffix in MEDIA_TYPES)
    except OSError as error:
        raise UserError(f"无法读取 {folder} / can't be read: {error.strerror}") from None
    files = [f for f in files if f.name in KNOWN] or files
    if not files:
        raise UserError(f"{folder} 中没有 .txt 或 .md 文件 / no .txt or .md file in it")
    found = [_read(file, today) for file in files]
    for index, each in enumerate(found):
        if any(each.document == other.document for other in found[:index]):
            raise UserError(f"{each.file} 与另一文件重名，请改名 / has the name of another file: rename it")
    return tuple(found)


def _read(file: Path, today: date) -> SuppliedDocument:
    content = file.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{file} 不是 UTF-8 文本 / is no UTF-8 text: byte {error.start + 1}") from None
    if not text.strip() or len(content) > LARGEST:
        raise UserError(f"{file} 为空或超过 5 MiB / is empty or larger than 5 MiB")
    lines = [line.strip() for line in text.splitlines()]
    return SuppliedDocument(
        document=_id(file),
        file=file.name,
        agency=KNOWN.get(file.name, ARCHIVE),
        title=_title(lines) or file.stem[:200],
        number=next((line for line in lines[:40] if _NUMBER.match(line)), None),
        formed_on=_formed_on(lines, today),
        media_type=MEDIA_TYPES[file.suffix],
        content=content,
    )


def _title(lines: Iterable[str]) -> str | None:
    """The first line that is a heading and names a 制度, a 规程, a 条例 …"""
    return next((match[1][:200] for line in lines if (match := _HEADING.match(line))), None)


def _formed_on(lines: list[str], today: date) -> date:
    """成文日期: the last date in the head, other than that of coming into force."""
    head = next((lines[:n] for n, line in enumerate(lines) if _BODY.match(line)), lines)
    found = [match for line in head if "施行" not in line for match in _DATE.finditer(line)]
    for match in reversed(found):
        try:
            day = date(*(int(part) for part in match.groups()))
        except ValueError:  # 2020年13月45日
            continue
        if day <= today:
            return day
    return today


def _id(file: Path) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:60]
    return plain or "t-" + hashlib.sha256(file.name.encode()).hexdigest()[:12]
