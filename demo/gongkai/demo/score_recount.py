"""Scores, counted again from the raw bytes of the logs (考核; GT-answer, SC-3.3).

It shares nothing with what it checks: no view, no fold, no event class, no deadline of `gongkai.rules`. Plain JSON,
plain YAML, and a count of working days of its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

_RULES = Path(str(resources.files("gongkai.rules")))
_DAY = timedelta(days=1)


class Item(NamedTuple):
    """One deduction: a case counts once an indicator."""

    unit: str
    year: int
    indicator: str
    case: str
    points: int  # hundredths of a point


class Days:
    """Working days, by the files of the State Council's notices."""

    def __init__(
        self,
        entered: Iterable[Mapping[str, Any]] = (),
        folder: Path = _RULES / "calendar" / "state_council",
    ) -> None:
        """`entered`: the notices that were entered while the system ran, as their events have them."""
        holidays: dict[tuple[int, str], Mapping[str, Any]] = {}
        self.years: set[int] = set()
        shipped = [notice for file in sorted(folder.glob("*.yaml")) for notice in _yaml(file)["notices"]]
        for notice in _newest([*shipped, *map(_as_in_a_file, entered)]):
            self.years.add(notice["year"])
            holidays |= {(notice["year"], holiday["code"]): holiday for holiday in notice["holidays"]}
        self.off: set[date] = set()
        self.on: set[date] = set()
        for holiday in holidays.values():
            self.on.update(holiday.get("make_up", ()))
            length = (holiday["to"] - holiday["from"]).days
            self.off.update(holiday["from"] + n * _DAY for n in range(length + 1))

    def worked(self, day: date) -> bool:
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def due(self, start: date, term: str) -> date | None:
        """The last day of a term (`20 wd`, `10 d`) that begins after `start`; None where the notices end."""
        left, unit = term.split()
        count, day = int(left), start
        while count or not self.worked(day):
            day += _DAY
            if day.year not in self.years:
                return None
            if count and (unit == "d" or self.worked(day)):
                count -= 1
        return day


def _as_in_a_file(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A notice's event, in the words of the notices' files."""
    day = date.fromisoformat
    holidays = [
        {
            "code": h["code"],
            "from": day(h["first"]),
            "to": day(h["last"]),
            "make_up": [*map(day, h["make_up"])],
        }
        for h in data["holidays"]
    ]
    return {**data, "dated": day(data["dated"]), "holidays": holidays}


def _newest(notices: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """By date; of two with one number, or of one day, for a year the later entry counts."""
    kept: list[Mapping[str, Any]] = []
    for new in notices:
        kept = [
            n
            for n in kept
            if n["year"] != new["year"] or (n["number"] != new["number"] and n["dated"] != new["dated"])
        ]
        kept.append(new)
    return sorted(kept, key=lambda n: n["dated"])


class Law:
    """The rulebooks' own files: the national one, and what a jurisdiction puts over it."""

    def __init__(self, folder: Path = _RULES / "rulebooks") -> None:
        self._books = {file.stem: _yaml(file)["versions"] for file in folder.glob("*.yaml")}

    def value(self, jurisdiction: str, on: date, *path: str) -> Any:
        """What the rulebook says at `path` on that day: its own word, or else the national one."""
        for book in dict.fromkeys((jurisdiction, "cn")):
            for version in self._in_force(book, on):
                found: Any = version
                for name in path:
                    found = found.get(name) if isinstance(found, Mapping) else None
                if found is not None:
                    return found
        raise LookupError(f"{jurisdiction} on {on}: {path}")

    def _in_force(self, book: str, on: date) -> Iterator[Any]:
        """The version of that day, and those before it whose words it keeps."""
        versions = [version for version in self._books[book] if version["from"] <= on]
        for version in sorted(versions, key=lambda version: version["from"], reverse=True):
            yield version
            if not version.get("keeps"):
                return


@dataclass(slots=True)
class Recount:
    """Reads records in any order; `items` are the deductions as of a moment."""

    law: Law = field(default_factory=Law)
    _jurisdictions: dict[str, tuple[int, str]] = field(default_factory=dict)
    _asked: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # case -> its opening
    _answered: dict[str, date] = field(default_factory=dict)  # case -> the first answer's day
    _notices: dict[int, Mapping[str, Any]] = field(default_factory=dict)  # in the order of their entry

    def read(self, raws: Iterable[bytes]) -> None:
        for raw in raws:
            record = json.loads(raw)
            data, case = record["data"], record["subject"]
            match record["type"].split(".")[1]:
                case "UnitRegistered":
                    entry = (record["streamversion"], data["jurisdiction"])
                    self._jurisdictions[data["unit"]] = max(
                        self._jurisdictions.get(data["unit"], (0, "")), entry
                    )
                case "HolidaysAnnounced":
                    self._notices[record["streamversion"]] = data
                case "ApplicationReceived" | "ConsultationRequested":
                    self._asked.setdefault(case, []).append(data)
                case "ApplicationAnswered" | "ConsultationAnswered":
                    day = _china(data["at"])
                    self._answered[case] = min(self._answered.get(case, day), day)

    def items(self, now: datetime) -> set[Item]:
        today, eras = _china(now.isoformat()), self._eras()
        found = (
            self._item(case, opening, today, eras)
            for case, openings in self._asked.items()
            for opening in openings
        )
        return {item for item in found if item is not None}

    def _eras(self) -> list[tuple[Days, date]]:
        """The calendars in their order, each with the day on which the next one took its place."""
        entered = [self._notices[version] for version in sorted(self._notices)]
        calendars = [Days(entered[:known]) for known in range(len(entered) + 1)]
        return list(zip(calendars, [*(_china(data["at"]) for data in entered), date.max], strict=True))

    def _due(self, start: date, term: str, done: date, eras: list[tuple[Days, date]]) -> date | None:
        """By the calendar of the day on which the case was closed: by its answer, or by its lateness."""
        for days, until in eras:
            due = days.due(start, term)
            if (done if due is None else min(done, due + _DAY)) < until:
                break
        return due

    def _item(
        self, case: str, opening: Mapping[str, Any], today: date, eras: list[tuple[Days, date]]
    ) -> Item | None:
        began, jurisdiction = _china(opening["at"]), self._jurisdictions[opening["unit"]][1]
        if "asked" in opening:
            blamed, indicator, start = opening["asked"], "consultation-silent", began
            term = self.law.value(jurisdiction, began, "consultations", opening["kind"], "term")
        else:
            blamed, indicator = opening["unit"], "application-late"
            start = date.fromisoformat(opening["received_on"])
            term = self.law.value(jurisdiction, began, "answer", "term")
        due = self._due(start, term, self._answered.get(case, today), eras)
        if due is None or self._answered.get(case, today) <= due:
            return None
        whose = self._jurisdictions[blamed][1]
        points = self.law.value(whose, due + _DAY, "deductions", indicator, "points")
        return Item(blamed, due.year, indicator, case, round(float(points) * 100))


def _china(moment: str) -> date:
    """The day in China, which is eight hours ahead of UTC all year."""
    return (datetime.fromisoformat(moment) + timedelta(hours=8)).date()


def _yaml(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
