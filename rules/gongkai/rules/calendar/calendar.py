"""法定工作日 as a value: built from notices, never changed, never guessing past the last of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from gongkai.contracts.errors import Sentence
from gongkai.rules.calendar.notices import SATURDAY, Holiday, Notice


@dataclass(frozen=True, slots=True)
class DayReason:
    """Why a day counts or doesn't; `notice` is the number of the notice that says so, if one does."""

    code: str
    zh: str
    en: str
    notice: str | None = None


WORKING_DAY = DayReason("working-day", "工作日", "working day")
WEEKEND = DayReason("weekend", "周末", "weekend")


@dataclass(slots=True)
class NoNotice(Exception):
    """No notice says which days of that year are working days."""

    year: int

    @property
    def says(self) -> Sentence:
        return Sentence(
            zh=f"尚未录入{self.year}年的节假日安排通知，不能推算该年的工作日",
            en=f"No holiday notice for {self.year} has been entered; its working days can't be told",
        )

    def __str__(self) -> str:
        return f"{self.says.zh} / {self.says.en}"


@dataclass(frozen=True)
class Calendar:
    """Which days are working days, and why, for the years that have a notice.

    `notices` of each year in the order of their dates; the years without a gap.
    A notice may reach back into the last days of the year before (元旦). `version` names the last year,
    the latest notice and the content: `2026@国办发明电〔2025〕7号#1f0c9a2e`.
    """

    notices: tuple[Notice, ...]
    version: str = field(init=False, compare=False)
    _special: Mapping[date, tuple[bool, DayReason]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.notices:
            raise ValueError("a calendar needs a notice")
        for earlier, later in pairwise(self.notices):
            if later.year not in (earlier.year, earlier.year + 1):
                raise ValueError(f"{later.year} can't follow {earlier.year}: a calendar has no gap")
            if later.year == earlier.year and later.dated <= earlier.dated:
                raise ValueError(f"{later.number} is not later than {earlier.number}")
        object.__setattr__(self, "version", _version(self.notices))
        object.__setattr__(self, "_special", MappingProxyType(_special_days(self.notices)))

    def __hash__(self) -> int:
        return hash(self.version)

    @property
    def first_year(self) -> int:
        return self.notices[0].year

    @property
    def last_year(self) -> int:
        return self.notices[-1].year

    def knows(self, day: date) -> bool:
        """True when that day's year has a notice."""
        return self.first_year <= day.year <= self.last_year

    def is_working_day(self, day: date) -> bool:
        """NoNotice for a day of a year without one."""
        if not self.knows(day):
            raise NoNotice(day.year)
        special = self._special.get(day)
        return special[0] if special else day.weekday() < SATURDAY

    def explain(self, day: date) -> DayReason:
        """工作日, 周末, the holiday's name, or 调休上班. NoNotice for a day of a year without a notice."""
        if not self.knows(day):
            raise NoNotice(day.year)
        special = self._special.get(day)
        if special:
            return special[1]
        return WORKING_DAY if day.weekday() < SATURDAY else WEEKEND

    def working_days(self, year: int) -> list[date]:
        """All working days of the year. NoNotice for a year without one."""
        day, days = date(year, 1, 1), []
        while day.year == year:
            if self.is_working_day(day):
                days.append(day)
            day += timedelta(days=1)
        return days

    def with_year(self, notice: Notice) -> "Calendar":
        """With one notice more: that of the next year, or a change to a known year.

        It takes the place of one with its number, or of its day, for the same year: that is how a notice that was
        entered wrongly is corrected. ValueError for a year that leaves a gap.
        """
        kept = [known for known in self.notices if not known.replaced_by(notice)]
        return Calendar(tuple(sorted((*kept, notice), key=lambda known: (known.year, known.dated))))

    def as_known_on(self, day: date) -> "Calendar":
        """What could be known on that day. NoNotice when that was nothing."""
        known = tuple(notice for notice in self.notices if notice.dated <= day)
        if not known:
            raise NoNotice(day.year)
        return Calendar(known)


def _version(notices: tuple[Notice, ...]) -> str:
    latest = max(notices, key=lambda notice: notice.dated)
    content = "\n".join(notice.model_dump_json() for notice in notices).encode()
    return f"{notices[-1].year}@{latest.number}#{hashlib.sha256(content).hexdigest()[:8]}"


def _special_days(notices: tuple[Notice, ...]) -> dict[date, tuple[bool, DayReason]]:
    in_force: dict[tuple[int, str], tuple[Holiday, str]] = {}
    for notice in notices:
        for holiday in notice.holidays:
            in_force[notice.year, holiday.code] = (holiday, notice.number)
    special: dict[date, tuple[bool, DayReason]] = {}
    for holiday, number in in_force.values():
        off = DayReason(holiday.code, holiday.zh, holiday.en, number)
        worked = DayReason("make-up", "调休上班", f"worked to make up for {holiday.en}", number)
        day = holiday.first
        while day <= holiday.last:
            special[day] = (False, off)
            day += timedelta(days=1)
        for day in holiday.make_up:
            special[day] = (True, worked)
    return special
