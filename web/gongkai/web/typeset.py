"""A text laid out like an official document (GB/T 9704-2012): the kind of each line; the text stays as it is.

Plain text and Markdown come as lines; a line is a paragraph. The kind of a line follows from its text: chapters,
numbered levels, addressee, signature and date, notes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "title", "chapter", "level1", "level2", "article", "addressee", "right", "note", "item", "para"
]

MARKDOWN = "text/markdown"

_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零〇\d]+[章节编]\s*\S{0,30}$")
_ARTICLE = re.compile(r"^(第[一二三四五六七八九十百零〇\d]+条)\s*(.+)$", re.DOTALL)
_LEVEL1 = re.compile(r"^[一二三四五六七八九十]+、")
_LEVEL2 = re.compile(r"^[（(][一二三四五六七八九十]+[)）]")
_DIGITS = r"[\d〇零○一二三四五六七八九十]"
_DATE = re.compile(rf"^{_DIGITS}{{4}}\s*年\s*{_DIGITS}{{1,3}}\s*月\s*{_DIGITS}{{1,3}}\s*日$")
_NOTE = re.compile(r"^[（(][^()（）]{2,40}公开[^()（）]{0,10}[)）]$")
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_BULLET = re.compile(r"^[-*+]\s+(.+)$")
_COMMENT = re.compile(r"^<!--.*-->$")
_CELLS = re.compile(r"\|.*\|")  # a row of a table that came as text
_FIRST = re.compile(r"^(第[一1]条|一、|第[一1]章)")
_STOPS = tuple("。；;!！?？，,、:：")
MOST_LINES = 5_000  # are set; what comes after them is shown as it is
MOST = 300_000  # characters, likewise
ADDRESSED = 4  # the addressee stands among the first lines
_SHORT = 34  # characters of a heading line, or of a signature


@dataclass(frozen=True, slots=True)
class Block:
    """One line as set: `lead` stands in bold before `text` (第一条), `anchor` makes it a target."""

    kind: Kind
    text: str
    lead: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text as set, its headings for the list of contents, and the rest of a text that is too long to be set."""

    blocks: tuple[Block, ...]
    rest: str = ""

    @property
    def contents(self) -> tuple[Block, ...]:
        """Chapters; where there are none, first-level headings. Empty where a list would not help."""
        for kind in ("chapter", "level1"):
            headings = tuple(b for b in self.blocks if b.kind == kind and len(b.text) <= _SHORT)
            if len(headings) >= 3:
                return headings
        return ()


def typeset(text: str, title: str, media_type: str = "text/plain") -> Sheet:
    """Set the text. Its title line, where it has one, becomes the title of the sheet.

    In time that grows with the text no faster than its length, whatever it holds: anybody's browser may ask for it.
    """
    text, rest = _divided(text.lstrip("\ufeff"))
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    if media_type.startswith(MARKDOWN):
        blocks = list(_markdown(lines, title))
    else:
        blocks = [_plain(lines, at, title) for at in range(len(lines))]
    return Sheet(tuple(_anchored(blocks)), rest)


def _divided(text: str) -> tuple[str, str]:
    """What is set, as whole lines where that can be, and the rest."""
    lines = text[:MOST].splitlines(keepends=True)
    if len(text) <= MOST and len(lines) <= MOST_LINES:
        return text, ""
    whole = lines[:MOST_LINES]
    if len(text) > MOST and 1 < len(lines) <= MOST_LINES:
        whole = lines[:-1]  # the last one may be cut
    end = sum(map(len, whole))
    return text[:end], text[end:]


def _plain(lines: list[str], at: int, title: str) -> Block:
    line = lines[at]
    if article := _ARTICLE.match(line):
        return Block("article", article[2], lead=article[1])
    heads = _short(line)
    signs: list[tuple[Kind, bool]] = [
        ("title", _same(line, title)),
        ("note", _CELLS.search(line) is not None),
        ("chapter", _CHAPTER.match(line) is not None or (heads and _begins(lines, at))),
        ("right", _DATE.match(line) is not None or _signs(lines, at)),
        ("note", _NOTE.match(line) is not None),
        ("level1", heads and _LEVEL1.match(line) is not None),
        ("level2", heads and _LEVEL2.match(line) is not None),
        ("addressee", at < ADDRESSED and line.endswith((":", "："))),
    ]
    return Block(next((kind for kind, is_it in signs if is_it), "para"), line)


def _begins(lines: list[str], at: int) -> bool:
    """The name of a part, as in a compilation of several 制度: a short line that the first article follows."""
    line = lines[at]
    follows = at + 1 < len(lines) and _FIRST.match(lines[at + 1]) is not None
    return follows and not any(mark.match(line) for mark in (_LEVEL1, _LEVEL2, _DATE, _NOTE))


def _signs(lines: list[str], at: int) -> bool:
    """The signature: a short line that the date follows."""
    line = lines[at]
    followed = at + 1 < len(lines) and _DATE.match(lines[at + 1]) is not None
    return followed and _short(line)


def _short(line: str) -> bool:
    return len(line) <= _SHORT and not line.endswith(_STOPS)


def _markdown(lines: list[str], title: str) -> Iterator[Block]:
    front = lines[:1] == ["---"] and "---" in lines[1:]
    ends = lines.index("---", 1) if front else -1
    for at, line in enumerate(lines):
        if at <= ends:
            if line != "---":
                yield Block("note", line)
        elif _COMMENT.match(line):
            continue  # a comment for programs
        elif heading := _HEADING.match(line):
            yield _heading(len(heading[1]), heading[2].rstrip("#").rstrip() or heading[2], title)
        elif bullet := _BULLET.match(line):
            yield Block("item", bullet[1])
        else:
            yield _plain(lines, at, title)


def _heading(depth: int, words: str, title: str) -> Block:
    if depth == 1 or _same(words, title):
        return Block("title", words)
    return Block("chapter" if depth == 2 else "level1", words)


def _same(line: str, title: str) -> bool:
    return re.sub(r"\s", "", line) == re.sub(r"\s", "", title)


def _anchored(blocks: list[Block]) -> Iterator[Block]:
    for at, block in enumerate(blocks):
        if block.kind in ("chapter", "level1"):
            yield Block(block.kind, block.text, block.lead, f"p{at + 1}")
        else:
            yield block
