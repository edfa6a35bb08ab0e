"""政务公开考核: a unit's score of a year. Lateness lowers it, once a case, with the evidence (GT-answer, SC-3.3, GT-assess)."""

from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    SYSTEM,
    ApplicationAnswered,
    ApplicationOverdue,
    ConsultationLapsed,
    Event,
    EventRef,
    Id,
    PersonId,
    ScoreChanged,
)
from gongkai.contracts.streams import application_stream, consultation_stream
from gongkai.contracts.vocabulary import Indicator
from gongkai.rules import Rules

# -- state


@dataclass(frozen=True, slots=True)
class Score:
    points: int  # hundredths of a point
    counted: frozenset[tuple[Indicator, str]]  # the cases that moved it


State = Score | None

# -- commands


@dataclass(frozen=True, slots=True)
class Change:
    """Move the score of a unit and year for one case. The case is the stream that it happened in."""

    unit: Id
    year: int
    indicator: Indicator
    case: str
    evidence: tuple[EventRef, ...]
    by: PersonId


@clause("GT-answer", "SC-3.3")
def moved_by(event: Event, ref: EventRef) -> Change | None:
    """The change that an event asks for, if any.

    The year is the due day's: overdue in December and answered in January is one case of one year.
    """
    match event:
        case ApplicationOverdue(unit=unit, due=due):
            indicator, case = Indicator.APPLICATION_LATE, application_stream(event.application)
        case ApplicationAnswered(unit=unit, due=due) if due is not None and event.answered_on > due:
            indicator, case = Indicator.APPLICATION_LATE, application_stream(event.application)
        case ConsultationLapsed(asked=unit, due=due):
            indicator, case = Indicator.CONSULTATION_SILENT, consultation_stream(event.consultation)
        case _:
            return None
    return Change(unit=unit, year=due.year, indicator=indicator, case=case, evidence=(ref,), by=SYSTEM)


# -- decide


@clause("GT-answer", "SC-3.3", "GT-assess")
def change(state: State, cmd: Change, rules: Rules, now: datetime) -> list[Event]:
    """One case counts once an indicator, whatever happens in it later. Points and reason are the rulebook's.

    ValueError for a change without evidence: no score moves for a reason that can't be shown.
    """
    if not cmd.evidence:
        raise ValueError(f"no evidence for {cmd.indicator} of {cmd.case}")
    if state is not None and (cmd.indicator, cmd.case) in state.counted:
        return []
    rule = rules.book.points(cmd.indicator)
    return [
        ScoreChanged(
            unit=cmd.unit,
            year=cmd.year,
            indicator=cmd.indicator,
            case=cmd.case,
            points=rule.points,
            clause=rule.clause,
            reason=rule.reason_zh,
            evidence=cmd.evidence,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case ScoreChanged():
            before = state or Score(0, frozenset())
            return Score(before.points + event.points, before.counted | {(event.indicator, event.case)})
        case _:
            return state
