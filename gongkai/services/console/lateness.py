"""Present lateness (GT-answer, SC-3.3): computed when a page is asked for, from a start day and the rulebook. Pure."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from gongkai.contracts.vocabulary import ConsultationKind
from gongkai.rules.calendar import official
from gongkai.rules.deadlines import Deadline, deadline, late_days
from gongkai.rules.rulebooks import load
from gongkai.rules.term import Term

AT_RISK = 3  # working days left: from here on a case is shown as at risk

State = Literal["late", "risk", "open", "wait", "done"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands on a day. `days`: working days late, or left."""

    state: State
    due: date | None
    days: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline, the term and the clause it comes from."""

    deadline: Deadline
    term: Term
    clause: str


@lru_cache(maxsize=4096)
def _application(calendar: str, jurisdiction: str, received_on: date, rules_on: date) -> Due:
    rule = load(jurisdiction, rules_on).answer
    return Due(deadline(official(), start=received_on, term=rule.term), rule.term, rule.clause)


@lru_cache(maxsize=4096)
def _consultation(calendar: str, jurisdiction: str, kind: str, requested_on: date) -> Due:
    rule = load(jurisdiction, requested_on).consultation(ConsultationKind(kind))
    return Due(deadline(official(), start=requested_on, term=rule.term), rule.term, rule.clause)


def application_due(jurisdiction: str, received_on: date, rules_on: date) -> Due:
    """When an application is to be answered."""
    return _application(official().version, jurisdiction, received_on, rules_on)


def consultation_due(jurisdiction: str, kind: str, requested_on: date) -> Due:
    """When a consulted unit is to answer; the rules are those of the unit that asks."""
    return _consultation(official().version, jurisdiction, kind, requested_on)


def publication_due(jurisdiction: str, formed_on: date, drafted_on: date) -> Due | None:
    """When a document is to be out; None where the calendar doesn't reach back to its forming."""
    if not official().knows(formed_on):
        return None
    rule = load(jurisdiction, drafted_on).publish
    return Due(deadline(official(), start=formed_on, term=rule.term), rule.term, rule.clause)


def standing(due: Due, today: date) -> Standing:
    """How an open case stands today."""
    line = due.deadline
    if line.due is None:
        zh, en = line.says.zh, line.says.en
        return Standing("wait", None, line.left, zh, en)
    if today > line.due:
        n = late_days(official(), line.due, today)
        return Standing("late", line.due, n, f"超期{n}个工作日", f"{n} working day{'s' * (n > 1)} late")
    left = late_days(official(), today, line.due)
    if left == 0:
        return Standing("risk", line.due, 0, "今日到期", "due today")
    state: State = "risk" if left <= AT_RISK else "open"
    return Standing(
        state, line.due, left, f"剩余{left}个工作日", f"{left} working day{'s' * (left > 1)} left"
    )


def clock_of(due: Due) -> dict[str, Any]:
    """The clock in the form of intake's API, for those to whom intake doesn't open the file."""
    line = due.deadline
    days = [
        {
            "date": d.date,
            "counts": d.counts,
            "n": d.n,
            "code": d.reason.code,
            "zh": d.reason.zh,
            "en": d.reason.en,
        }
        for d in line.days
    ]
    return {
        "due": line.due,
        "left": line.left,
        "awaits": line.awaits,
        "term": due.term.days,
        "clause": due.clause,
        "days": days,
    }
