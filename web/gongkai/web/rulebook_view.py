"""A rulebook as pages show it: the values in force in a jurisdiction on a day, each with its clause and reading."""

from dataclasses import dataclass
from datetime import date

from gongkai.rules.rulebooks import UnknownRulebook, load, shipped
from gongkai.rules.rulebooks.titles import title
from gongkai.web.language import t

NATIONAL = "cn"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One value. `reading`: our interpretation where the text leaves room; else empty."""

    name: str
    title: str
    says: str
    clause: str
    article: str
    reading: str


@dataclass(frozen=True, slots=True)
class RulebookView:
    """`version` and `lines` are empty where nothing was in force yet. `acts`: since when each act is, the act,
    and where its text was read, if that is told."""

    jurisdiction: str
    on: date
    version: str
    lines: tuple[RuleRow, ...]
    places: tuple[tuple[str, str], ...]
    acts: tuple[tuple[date, str, str], ...]

    @property
    def place(self) -> str:
        return dict(self.places)[self.jurisdiction]


def view_of_rulebook(jurisdiction: str, day: str, today: date) -> RulebookView | None:
    """On that day (ISO 8601 text), or today where it can't be read. None for a jurisdiction without a rulebook."""
    files = shipped().files
    if jurisdiction not in files:
        return None
    on = _day_or_today(day, today)
    version, lines = _in_force(jurisdiction, on)
    return RulebookView(
        jurisdiction,
        on,
        version,
        lines,
        places=tuple((id_, t(file.content.zh, file.content.en)) for id_, file in files.items()),
        acts=tuple(
            (each.from_, each.act, each.source or "")
            for id_ in dict.fromkeys((jurisdiction, NATIONAL))
            for each in files[id_].content.versions
        ),
    )


def _day_or_today(day: str, today: date) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return today


def _in_force(jurisdiction: str, on: date) -> tuple[str, tuple[RuleRow, ...]]:
    try:
        rulebook = load(jurisdiction, on)
    except UnknownRulebook:
        return "", ()
    lines = (
        RuleRow(
            name,
            t(*title(name)),
            t(value.shown()["zh"], value.shown()["en"]),
            value.clause,
            value.article or "",
            t(value.reading.zh, value.reading.en) if value.reading else "",
        )
        for name, value in rulebook.entries()
    )
    return rulebook.version, tuple(lines)
