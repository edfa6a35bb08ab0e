"""A year of the calendar by months and days: working days, weekends, holidays, and weekend days worked instead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.rules.calendar import Calendar, Notice
from gongkai.web.language import t

_WORDS = {"working-day": "work", "weekend": "rest", "make-up": "worked"}


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `kind`: work, rest, off (a holiday), worked (调休上班)."""

    day: date
    kind: str
    zh: str
    en: str

    @property
    def reason(self) -> str:
        return t(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Month:
    """The days of a month. `before`: days of the first week, from Monday, that belong to the month before."""

    number: int
    squares: tuple[Day, ...]

    @property
    def before(self) -> int:
        return self.squares[0].day.weekday()

    @property
    def working(self) -> int:
        return sum(square.kind in ("work", "worked") for square in self.squares)


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its notices. `months` is empty where no notice has been given yet."""

    year: int
    months: tuple[Month, ...]
    notices: tuple[Notice, ...]
    first: int
    last: int

    @property
    def working(self) -> int:
        return sum(month.working for month in self.months)

    @property
    def choices(self) -> list[int]:
        """The years with a notice, and the one whose notice is awaited."""
        return list(range(self.first, self.last + 2))


def year_of(calendar: Calendar, year: int) -> Year:
    """The year as the calendar has it."""
    known = calendar.first_year <= year <= calendar.last_year
    months = tuple(_month(calendar, year, number) for number in range(1, 13)) if known else ()
    notices = tuple(notice for notice in calendar.notices if notice.year == year)
    return Year(year, months, notices, calendar.first_year, calendar.last_year)


def _month(calendar: Calendar, year: int, number: int) -> Month:
    return Month(number, tuple(_day(calendar, day) for day in _days(year, number)))


def _days(year: int, number: int) -> Iterator[date]:
    day = date(year, number, 1)
    while day.month == number:
        yield day
        day += timedelta(days=1)


def _day(calendar: Calendar, day: date) -> Day:
    reason = calendar.explain(day)
    return Day(day, _WORDS.get(reason.code, "off"), reason.zh, reason.en)
