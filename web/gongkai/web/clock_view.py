"""The clock of a case day by day (GT-answer), as pages show it: one cell a day, and a sentence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongkai.rules.calendar import Calendar
from gongkai.rules.deadlines import Deadline
from gongkai.web.dates import as_date, date_words
from gongkai.web.language import t

MAKE_UP = "make-up"  # the calendar's code of a rest day that is worked: 调休上班
_PAUSE = "pause"

# Of a long delay the first and last days are visible; the table below has every day.
_FIRST, _LAST = 14, 7
# The same of a term that is months long.
_MOST, _BEGINNING, _END = 92, 31, 14


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day: its CSS classes (`kinds`, see days.css), its number in the term and why it counts or doesn't."""

    day: date
    kinds: str
    n: int | None
    zh: str
    en: str
    make_up: bool
    due: bool
    today: bool
    first_of_month: bool
    skipped: int = 0

    @property
    def column(self) -> int:
        """1 = Monday: where the day stands when a row is a week."""
        return self.day.isoweekday()

    @property
    def reason(self) -> str:
        return t(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class SkippedDays:
    """Days that are counted but not visible; `working` of the `skipped` ones are working days."""

    skipped: int
    working: int
    last: date


@dataclass(frozen=True, slots=True)
class ClockView:
    """The cells in order, and their summary in one sentence."""

    cells: tuple[DayCell, ...]
    received: date
    due: date | None
    left: int
    awaits: int | None
    term: int
    clause: str
    today: date
    answered: date | None
    paused: bool
    says: str = ""  # the sentence, where this isn't the clock of an application

    @property
    def start_mark(self) -> str:
        """The mark in the cell of the day on which the term starts."""
        return t("起", "0") if self.says else t("收", "in")

    @property
    def used(self) -> int:
        """Working days of the term that have passed, today's included."""
        return max((c.n for c in self.cells if c.n is not None and c.day <= self._until), default=0)

    @property
    def late_days(self) -> int:
        """Working days after the due day, up to the answer or today; late on a day of rest is late by one."""
        if self.due is None or self._until <= self.due:
            return 0
        return max(1, sum(1 for c in self.cells if {"over", "counts"} <= set(c.kinds.split())))

    @property
    def visible(self) -> Iterator[DayCell | SkippedDays]:
        """All days, or of a long delay or term the first and last ones with the skipped days between them."""
        over = [c for c in self.cells if "over" in c.kinds.split()]
        hidden = over[_FIRST:-_LAST]
        if len(over) <= _FIRST + _LAST + 1:
            hidden = list(self.cells[_BEGINNING:-_END]) if len(self.cells) > _MOST else []
        for cell in self.cells:
            if not hidden or not hidden[0].day <= cell.day <= hidden[-1].day:
                yield cell
            elif cell is hidden[0]:
                yield SkippedDays(
                    len(hidden), sum("counts" in c.kinds.split() for c in hidden), hidden[-1].day
                )

    @property
    def _until(self) -> date:
        return min(self.answered or self.today, self.today)

    @property
    def sentence(self) -> str:
        """The clock in words, for screen readers and for print."""
        if self.says:
            return self.says
        start = t(
            f"{date_words(self.received)}收到，自次日起算{self.term}个工作日，",
            f"Received {date_words(self.received)}; {self.term} working days from the day after. ",
        )
        return start + self._end()

    def _end(self) -> str:
        if self.due is None and self.awaits is None:
            return t(
                f"计时暂停中，恢复后还有{self.left}个工作日。",
                f"The clock stands still; {self.left} working days are left once it goes on.",
            )
        if self.due is None:
            last = date_words(max(date((self.awaits or 2) - 1, 12, 31), self.received))
            return t(
                f"{last}后尚余{self.left}个工作日，待国务院{self.awaits}年放假安排公布后确定。",
                f"{self.left} working days left after {last}; the {self.awaits} holiday notice is awaited.",
            )
        due = t(f"应于{date_words(self.due)}前（含当日）答复。", f"Answer due by {date_words(self.due)}.")
        if self.answered is not None:
            return due + self._answered()
        if self.today > self.due:
            return due + t(f"已超期{self.late_days}个工作日。", f" {self.late_days} working days late.")
        return due + self._running()

    def _running(self) -> str:
        """How many working days have passed, and how many are left."""
        rest = self.term - self.used
        left = t(f"剩余{rest}个工作日。", f"{rest} left.")
        if any(c.today and c.n == self.used for c in self.cells):
            return t(f"今日为第{self.used}个工作日，", f" Today is working day {self.used}; ") + left
        if self.used:
            return t(f"已过{self.used}个工作日，", f" {self.used} working days have passed; ") + left
        return t("", " ") + left

    def _answered(self) -> str:
        when = date_words(self.answered)
        if self.late_days:
            return t(
                f"已于{when}答复，超期{self.late_days}个工作日。",
                f" Answered {when}, {self.late_days} working days late.",
            )
        return t(f"已于{when}按期答复。", f" Answered {when}, in time.")


def days_after(calendar: Calendar, due: date | None, until: date) -> list[dict[str, Any]]:
    """The days that follow the due day up to `until`, in the form of a clock's days, as far as notices reach."""
    if due is None:
        return []
    days = (due + timedelta(days=n) for n in range(1, (until - due).days + 1))
    return [
        {
            "date": day,
            "counts": calendar.is_working_day(day),
            "n": None,
            "code": calendar.explain(day).code,
            "zh": calendar.explain(day).zh,
            "en": calendar.explain(day).en,
        }
        for day in days
        if calendar.knows(day)
    ]


def view_of_clock(
    clock: Mapping[str, Any],
    *,
    received: date | str,
    today: date,
    answered: date | str | None = None,
    after: Iterable[Mapping[str, Any]] = (),
) -> ClockView:
    """The view of a `clock` as intake's API returns it (due, left, awaits, term, clause, days).

    `after`: the days that follow the due day up to the answer or today, in the same form.
    """
    received = as_date(received)
    answered = None if answered is None else as_date(answered)
    due = None if clock["due"] is None else as_date(clock["due"])
    days = [d for d in clock["days"] if as_date(d["date"]) != received]
    first = {
        "date": received,
        "counts": False,
        "n": None,
        "code": "received",
        "zh": "收到申请",
        "en": "received",
    }
    cells: list[DayCell] = []
    for raw in [first, *days, *after]:
        previous = cells[-1].day if cells else None
        cells.append(_cell(raw, previous=previous, due=due, today=today, answered=answered))
    return ClockView(
        cells=tuple(cells),
        received=received,
        due=due,
        left=int(clock["left"]),
        awaits=clock.get("awaits"),
        term=int(clock["term"]),
        clause=str(clock["clause"]),
        today=today,
        answered=answered,
        paused=any("paused" in c.kinds.split() for c in cells),
    )


def view_of_deadline(line: Deadline, *, clause: str, today: date, says: str) -> ClockView:
    """The view of a deadline that belongs to no case."""
    cells: list[DayCell] = []
    for day in line.days:
        start = day.reason.code in ("start", "event")
        raw = {
            "date": day.date,
            "counts": day.counts,
            "n": day.n,
            "code": "received" if start else day.reason.code,
            "zh": day.reason.zh,
            "en": day.reason.en,
        }
        cells.append(
            _cell(raw, previous=cells[-1].day if cells else None, due=line.due, today=today, answered=None)
        )
    return ClockView(
        cells=tuple(cells),
        received=line.days[0].date,
        due=line.due,
        left=line.left,
        awaits=line.awaits,
        term=line.term.days,
        clause=clause,
        today=today,
        answered=None,
        paused=any("paused" in c.kinds.split() for c in cells),
        says=says,
    )


def _cell(
    raw: Mapping[str, Any], *, previous: date | None, due: date | None, today: date, answered: date | None
) -> DayCell:
    day = as_date(raw["date"])
    code = str(raw["code"])
    kinds = ["counts" if raw["counts"] else "rest"]
    if code == "received":
        kinds = ["start"]
    elif code.startswith(_PAUSE):
        kinds = ["paused"]
    if day <= today:
        kinds.append("past")
    if due is not None and day > due:
        kinds.append("over")
    if day == due:
        kinds.append("due")
    if day == today:
        kinds.append("today")
    if day == answered:
        kinds.append("answered")
    return DayCell(
        day=day,
        kinds=" ".join(kinds),
        n=raw["n"],
        zh=str(raw["zh"]),
        en=str(raw["en"]),
        make_up=code == MAKE_UP,
        due=day == due,
        today=day == today,
        first_of_month=previous is None or previous.month != day.month,
    )
