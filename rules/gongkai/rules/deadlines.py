"""期限: from a start day and a term to the day it ends, explained day by day (GT-count)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Sentence
from gongkai.rules.calendar import Calendar, DayReason, NoNotice
from gongkai.rules.term import Term

START = DayReason("start", "起算当日不计入", "the day it starts on isn't counted")
EVENT = DayReason("event", "所提前之日，当日不计入", "the day that it comes before isn't counted")
CALENDAR_DAY = DayReason("calendar-day", "日历日", "calendar day")
MOVED = DayReason("moved", "最后一日是休息日，顺延至此", "the last day is a day of rest: moved to here")


class BeforeNotices(NoNotice):
    """The first known notice is of a later year: no notice that is still to come can tell that year's days."""

    @property
    def says(self) -> Sentence:
        return Sentence(
            zh=f"{self.year}年早于已录入的最早一年节假日安排通知，不能推算期限",
            en=f"{self.year} is before the first holiday notice that is known: no time can be counted from it",
        )


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that don't count, both ends included; `last` None = it hasn't ended yet."""

    first: date
    last: date | None
    zh: str = "暂停计时"
    en: str = "the clock stands still"

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError("a pause ends before it begins")

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the clock; `n` is its number when it counts."""

    date: date
    counts: bool
    n: int | None
    reason: DayReason


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day to act on, or what is still to be counted where that can't be known yet.

    `due` None: `left` days of the term are still to count, after the holiday notice for the year `awaits`
    is known, the first that isn't, or after an open pause ends (`awaits` None). `left` is 0 with `due` None only when
    the last day is a day of rest, and the known years end or an open pause begins before the day that it moves to.
    """

    term: Term
    days: tuple[Day, ...]
    due: date | None = None
    left: int = 0
    awaits: int | None = None

    @property
    def says(self) -> Sentence:
        """The deadline in one sentence."""
        if self.due is not None:
            return Sentence(zh=f"截止{self.due}", en=f"due on {self.due}")
        last, many = self.days[-1].date, "" if self.left == 1 else "s"
        unit_zh, unit_en = ("个工作日", "working day") if self.term.unit == "wd" else ("日", "calendar day")
        if not self.left:
            awaits_zh = f"待{self.awaits}年节假日安排通知" if self.awaits else "待计时恢复"
            awaits_en = f"holiday notice for {self.awaits} awaited" if self.awaits else "paused"
            return Sentence(
                zh=f"截至{last}期限届满，遇休息日顺延，{awaits_zh}",
                en=f"all counted by {last}, moved to the next working day, {awaits_en}",
            )
        if self.awaits is None:
            return Sentence(
                zh=f"计时暂停中，恢复后还有{self.left}{unit_zh}",
                en=f"paused: {self.left} {unit_en}{many} left once it goes on",
            )
        return Sentence(
            zh=f"{last}之后还有{self.left}{unit_zh}，待{self.awaits}年节假日安排通知",
            en=f"{self.left} {unit_en}{many} left after {last}, holiday notice for {self.awaits} awaited",
        )


@clause("GT-count", "GT-answer", "GT-20wd")
def deadline(calendar: Calendar, *, start: date, term: Term, pauses: Sequence[Pause] = ()) -> Deadline:
    """Count `term` from the day after `start`.

    Days of rest don't count in a term of working days. A term of calendar days or months that ends on a day of rest
    ends on the next working day; a month ends on the day of the start's number, or on its last day where it has none.
    Paused days never count. Never a guess: see `Deadline`. Raises BeforeNotices for a start before the first notice.
    """
    if start < date(calendar.first_year, 1, 1):
        raise BeforeNotices(start.year)
    days = [Day(start, False, None, START)]
    day, n, all_days = start, 0, _days_of(term, start)
    while True:
        if day == date.max or not calendar.knows(day + timedelta(days=1)):
            awaits = min(calendar.last_year + 1, date.max.year)
            return Deadline(term, tuple(days), left=all_days - n, awaits=awaits)
        day += timedelta(days=1)
        pause = next((pause for pause in pauses if pause.covers(day)), None)
        if pause is not None:
            days.append(Day(day, False, None, DayReason("pause", pause.zh, pause.en)))
            if pause.last is None:
                return Deadline(term, tuple(days), left=all_days - n)
            continue
        working, why = calendar.is_working_day(day), calendar.explain(day)
        if n == all_days and working:
            return Deadline(term, (*days, Day(day, False, None, MOVED)), due=day)
        if n < all_days and (working or term.unit != "wd"):
            n += 1
            days.append(Day(day, True, n, why))
            if n == all_days and working:
                return Deadline(term, tuple(days), due=day)
        else:
            days.append(Day(day, False, None, why))


def _days_of(term: Term, start: date) -> int:
    """How many days there are to count: of months, the days up to the corresponding one."""
    if term.unit != "m":
        return term.days
    months = start.year * 12 + start.month - 1 + term.days
    year, month = divmod(months, 12)
    if year > date.max.year:
        return (date.max - start).days + 1
    last = min(start.day, monthrange(year, month + 1)[1])
    return (date(year, month + 1, last) - start).days


@clause("GT-count")
def latest_before(calendar: Calendar, *, event: date, term: Term) -> Deadline:
    """The last day that is `term` before an event: counted backwards from the day before it, and never extended.

    The days go from the last one to act on up to the event. Raises NoNotice where working days can't be told,
    BeforeNotices for an event before the first notice.
    """
    if event < date(calendar.first_year, 1, 1):
        raise BeforeNotices(event.year)
    days = [Day(event, False, None, EVENT)]
    day, n = event, 0
    all_days = _days_before(term, event)
    while n < all_days:
        day -= timedelta(days=1)
        known = calendar.knows(day)
        if term.unit == "wd" or known:
            working, why = calendar.is_working_day(day), calendar.explain(day)
        else:
            working, why = False, CALENDAR_DAY
        counts = working or term.unit != "wd"
        n += counts
        days.append(Day(day, counts, n if counts else None, why))
    return Deadline(term, tuple(reversed(days)), due=day)


def _days_before(term: Term, event: date) -> int:
    if term.unit != "m":
        return term.days
    year, month = divmod(event.year * 12 + event.month - 1 - term.days, 12)
    return (event - date(year, month + 1, min(event.day, monthrange(year, month + 1)[1]))).days


@clause("GT-answer")
def late_days(calendar: Calendar, due: date, on: date) -> int:
    """Working days from the due day to `on`; 0 = in time, and whoever is late at all is late by one.

    Days past the last holiday notice can't be told apart and aren't counted: the figure is then the least
    that it can be.
    """
    if on <= due:
        return 0
    late, day = 0, due
    while day < on and calendar.knows(day + timedelta(days=1)):
        day += timedelta(days=1)
        late += calendar.is_working_day(day)
    return max(late, 1)
