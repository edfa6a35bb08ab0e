"""依申请公开: one application, from its receipt to its one answer (GT-received, GT-answer, GT-grounds)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    Author,
    Digest,
    Event,
    Id,
    PersonId,
    Sealed,
)
from gongkai.contracts.vocabulary import AnswerKind, Channel, Ground
from gongkai.intake.applications import refusals
from gongkai.rules import Rules
from gongkai.rules.deadlines import Deadline, deadline, late_days
from gongkai.rules.local_time import local_date

WITHHOLDING = frozenset({AnswerKind.WITHHELD, AnswerKind.PARTLY_DISCLOSED})

# GT-received: the day of receipt is when the post was signed for, or the body confirmed with the applicant. With
# the longest term (twenty working days, twenty more) a day of over a year ago is a slip of the pen, not a receipt.
LATEST_ENTRY = timedelta(days=365)

# -- state


@dataclass(frozen=True, slots=True)
class Open:
    received: ApplicationReceived
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    received: ApplicationReceived
    answer: ApplicationAnswered


State = Open | Answered | None


@clause("GT-answer")
def clock(state: Open | Answered, rules: Rules) -> Deadline:
    """The time to answer, day by day in working days: folded from the day of receipt, never stored."""
    return deadline(rules.calendar, start=state.received.received_on, term=rules.book.answer.term)


# -- commands


@dataclass(frozen=True, slots=True)
class Receive:
    """Take in an application. What is personal comes sealed: nothing here can open it."""

    application: Id
    receipt: str
    unit: Id
    channel: Channel
    applicant: Sealed
    request: Sealed
    received_on: date | None  # None: today
    code_digest: Digest
    by: PersonId


@dataclass(frozen=True, slots=True)
class Answer:
    """Give the one answer, as an agency's system reports it: decided and sent there. What an officer answers here is
    proposed first (answers/aggregate.py). A text sealed anew is another letter: a repeated command has to hand in the
    same box."""

    kind: AnswerKind
    letter: Sealed
    grounds: tuple[str, ...]  # codes of `Ground`
    by: PersonId


@dataclass(frozen=True, slots=True)
class DeclareOverdue:
    """Issued by the timer once the due day is over."""

    by: PersonId


# -- decide


@clause("GT-received", "GT-apply")
def receive(state: State, cmd: Receive, rules: Rules, now: datetime) -> list[Event]:
    """Accepted even past the last holiday notice: the clock then waits, the applicant doesn't."""
    today = local_date(now)
    default_day = today if state is None else state.received.received_on
    event = ApplicationReceived(
        application=cmd.application,
        receipt=cmd.receipt,
        unit=cmd.unit,
        channel=cmd.channel,
        applicant=cmd.applicant,
        request=cmd.request,
        received_on=cmd.received_on or default_day,
        code_digest=cmd.code_digest,
        by=cmd.by,
        at=now,
    )
    if state is not None and event == state.received.model_copy(update={"by": cmd.by, "at": now}):
        return []
    if state is not None:
        raise refusals.already_received()
    if event.received_on > today:
        raise refusals.received_in_future()
    first = max(today - LATEST_ENTRY, date(rules.calendar.first_year, 1, 1))
    if event.received_on < first:  # and no working day can be told before the first holiday notice
        raise refusals.received_too_long_ago(first)
    return [event]


@clause("GT-answer", "GT-grounds", "GT-default", "GT-partial")
def answer(state: State, cmd: Answer, rules: Rules, now: datetime) -> list[Event]:
    """The one answer, whether or not another was proposed meanwhile."""
    if state is None:
        raise refusals.unknown_application()
    grounds = checked_grounds(cmd.kind, cmd.grounds)
    if isinstance(state, Answered):
        before = state.answer
        if (before.kind, before.letter, before.grounds) == (cmd.kind, cmd.letter, grounds):
            return []
        raise refusals.already_answered(before.answered_on)
    return [
        answered(state.received, rules, now, kind=cmd.kind, letter=cmd.letter, grounds=grounds, by=cmd.by)
    ]


@clause("GT-answer")
def answered(
    received: ApplicationReceived,
    rules: Rules,
    now: datetime,
    *,
    kind: AnswerKind,
    letter: Sealed,
    grounds: tuple[str, ...],
    by: Author,
) -> ApplicationAnswered:
    """The answer with the judgement of its clock, by the rules and the calendar known at this moment."""
    due, today = clock(Open(received), rules).due, local_date(now)
    return ApplicationAnswered(
        application=received.application,
        unit=received.unit,
        kind=kind,
        letter=letter,
        grounds=grounds,
        answered_on=today,
        due=due,
        late_days=0 if due is None else late_days(rules.calendar, due, today),
        rulebook=rules.book.version,
        calendar=rules.calendar.version,
        by=by,
        at=now,
    )


@clause("GT-grounds", "GT-default", "GT-partial")
def checked_grounds(kind: AnswerKind, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The grounds in the Regulation's order, each once."""
    for index, code in enumerate(codes):
        if code not in tuple(Ground):
            raise refusals.unknown_ground(index, code)
    if kind in WITHHOLDING and not codes:
        raise refusals.no_ground(kind)
    if codes and kind not in WITHHOLDING:
        raise refusals.needless_ground(kind)
    return tuple(str(ground) for ground in Ground if ground in codes)


@clause("GT-answer")
def declare_overdue(state: State, cmd: DeclareOverdue, rules: Rules, now: datetime) -> list[Event]:
    """Nothing for an application that is answered or was declared overdue; refused while the due day lasts."""
    if state is None:
        raise refusals.unknown_application()
    if isinstance(state, Answered) or state.overdue:
        return []
    due = clock(state, rules).due
    if due is None or local_date(now) <= due:
        raise refusals.not_due(rules.book.answer.clause)
    return [
        ApplicationOverdue(
            application=state.received.application,
            unit=state.received.unit,
            due=due,
            rulebook=rules.book.version,
            calendar=rules.calendar.version,
            by=cmd.by,
            at=now,
        )
    ]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match state, event:
        case None, ApplicationReceived():
            return Open(event)
        case Open(), ApplicationOverdue():
            return replace(state, overdue=True)
        case Open(), ApplicationAnswered():
            return Answered(state.received, event)
        case _:
            return state
