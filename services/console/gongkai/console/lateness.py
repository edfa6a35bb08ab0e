"""Present lateness (GT-answer, SC-3.3): computed when a page is asked for, from a start day and the rulebook. Pure."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from gongkai.contracts.vocabulary import ConsultationKind
from gongkai.rules.calendar import Calendar
from gongkai.rules.clock import clock_json
from gongkai.rules.deadlines import Deadline, deadline, late_days
from gongkai.rules.rulebooks import load
from gongkai.rules.term import Term

REVIEW_TERM = "secrecy-review"  # in those rulebooks that set one (WY-B.10)
AT_RISK = 3  # working days left: from here on a case is shown as at risk

State = Literal["late", "risk", "open", "wait", "done"]


@dataclass(frozen=True, slots=True)
class Lateness:
    """Whether a case is late on a day. `days`: working days late, or left."""

    state: State
    due: date | None
    days: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline, the term and the clause it comes from, and the calendar that it was counted by."""

    calendar: Calendar
    deadline: Deadline
    term: Term
    clause: str


@lru_cache(maxsize=8192)
def counted(calendar: Calendar, start: date, term: Term, clause: str) -> Due:
    """The deadline of a term that begins after `start`."""
    return Due(calendar, deadline(calendar, start=start, term=term), term, clause)


def application_due(calendar: Calendar, jurisdiction: str, received_on: date, rules_on: date) -> Due:
    """When an application is to be answered."""
    rule = load(jurisdiction, rules_on).answer
    return counted(calendar, received_on, rule.term, rule.clause)


def consultation_due(calendar: Calendar, jurisdiction: str, kind: str, requested_on: date) -> Due:
    """When a consulted unit is to answer; the rules are those of the unit that asks."""
    rule = load(jurisdiction, requested_on).consultation(ConsultationKind(kind))
    return counted(calendar, requested_on, rule.term, rule.clause)


def review_due(calendar: Calendar, jurisdiction: str, asked_on: date) -> Due | None:
    """When the secrecy review is to be concluded; None where the rulebook sets no term (WY-B.10 does)."""
    rule = load(jurisdiction, asked_on).terms.get(REVIEW_TERM)
    return None if rule is None else counted(calendar, asked_on, rule.term, rule.clause)


def publication_due(calendar: Calendar, jurisdiction: str, formed_on: date, drafted_on: date) -> Due | None:
    """When a document is to be out; None where the calendar doesn't reach back to its forming."""
    if formed_on.year < calendar.first_year:
        return None
    rule = load(jurisdiction, drafted_on).publish
    return counted(calendar, formed_on, rule.term, rule.clause)


def lateness_of(due: Due, today: date) -> Lateness:
    """Of an open case, today."""
    line = due.deadline
    if line.due is None:
        zh, en = line.says.zh, line.says.en
        return Lateness("wait", None, line.left, zh, en)
    if today > line.due:
        n = late_days(due.calendar, line.due, today)
        return Lateness("late", line.due, n, f"超期{n}个工作日", f"{n} working day{'s' * (n > 1)} late")
    left = late_days(due.calendar, today, line.due)
    if left == 0:
        return Lateness("risk", line.due, 0, "今日到期", "due today")
    state: State = "risk" if left <= AT_RISK else "open"
    return Lateness(
        state, line.due, left, f"剩余{left}个工作日", f"{left} working day{'s' * (left > 1)} left"
    )


def clock_of(due: Due) -> dict[str, Any]:
    """The clock in the form of intake's API, for those to whom intake doesn't open the file."""
    return clock_json(due.deadline, due.clause)
