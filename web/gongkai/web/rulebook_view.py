"""A rulebook as a page shows it: what holds in a jurisdiction on a day, each value with its clause and its reading."""

from dataclasses import dataclass
from datetime import date

from gongkai.rules.rulebooks import UnknownRulebook, load, shipped
from gongkai.rules.rulebooks.titles import title
from gongkai.web.language import t

NATIONAL = "cn"


@dataclass(frozen=True, slots=True)
class Line:
    """One value. `reading` is ours where the words leave it open; empty where they don't."""

    name: str
    title: str
    says: str
    clause: str
    article: str
    reading: str


@dataclass(frozen=True, slots=True)
class Book:
    """`version` is empty and `lines` are none where nothing was in force yet. `acts`: since when which one holds."""

    jurisdiction: str
    on: date
    version: str
    lines: tuple[Line, ...]
    places: tuple[tuple[str, str], ...]
    acts: tuple[tuple[date, str], ...]

    @property
    def place(self) -> str:
        return dict(self.places)[self.jurisdiction]


def book_of(jurisdiction: str, said: str, today: date) -> Book | None:
    """On the day that is said, else today. None for a jurisdiction without a rulebook."""
    files = shipped().files
    if jurisdiction not in files:
        return None
    on = _day(said, today)
    version, lines = _in_force(jurisdiction, on)
    return Book(
        jurisdiction,
        on,
        version,
        lines,
        places=tuple((id_, t(file.content.zh, file.content.en)) for id_, file in files.items()),
        acts=tuple(
            (each.from_, each.act)
            for id_ in dict.fromkeys((jurisdiction, NATIONAL))
            for each in files[id_].content.versions
        ),
    )


def _day(said: str, today: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return today


def _in_force(jurisdiction: str, on: date) -> tuple[str, tuple[Line, ...]]:
    try:
        book = load(jurisdiction, on)
    except UnknownRulebook:
        return "", ()
    lines = (
        Line(
            name,
            t(*title(name)),
            t(value.shown()["zh"], value.shown()["en"]),
            value.clause,
            value.article or "",
            t(value.reading.zh, value.reading.en) if value.reading else "",
        )
        for name, value in book.entries()
    )
    return book.version, tuple(lines)
