"""征求意见: another unit is asked about one version; it answers, or the rulebook reads its silence (SC-3.3, SC-A1.4c)."""

from dataclasses import dataclass
from datetime import date, datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationObjected,
    ConsultationRequested,
    Digest,
    Event,
    EventRef,
    Id,
    PersonId,
)
from gongkai.contracts.vocabulary import ConsultationKind, Silence
from gongkai.review.consultation import refusals
from gongkai.rules import Rules
from gongkai.rules.deadlines import Deadline, deadline
from gongkai.rules.local_time import local_date

# -- state


@dataclass(frozen=True, slots=True)
class Asked:
    request: ConsultationRequested


@dataclass(frozen=True, slots=True)
class Answered:
    request: ConsultationRequested
    answer: ConsultationAnswered


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The time is up. Where silence is no consent the unit still owes its answer."""

    request: ConsultationRequested
    silence: Silence


@dataclass(frozen=True, slots=True)
class Objected:
    """The unit had agreed, and objects since."""

    request: ConsultationRequested
    objection: ConsultationObjected


Known = Asked | Answered | Lapsed | Objected
State = Known | None


@clause("SC-3.3", "SC-A1.4c")
def clock(state: Known, rules: Rules) -> Deadline:
    """The time to answer, day by day in working days: folded from the day of the letter, never stored."""
    term = rules.book.consultation(state.request.kind).term
    return deadline(rules.calendar, start=local_date(state.request.at), term=term)


def past_due(state: Known, rules: Rules, now: datetime) -> date | None:
    """The due day, if it is over."""
    due = clock(state, rules).due
    return due if due is not None and local_date(now) > due else None


# -- commands


@dataclass(frozen=True, slots=True)
class Request:
    """Send the letter of consultation. `returned`: the draft before this one had another text, so whoever was asked
    about this one was told meanwhile that it is no longer wanted."""

    consultation: Id
    document: Id
    digest: Digest
    title: str
    unit: Id
    asked: Id
    kind: ConsultationKind
    matters: str
    opinion: str
    draft: EventRef
    returned: bool
    by: PersonId


@dataclass(frozen=True, slots=True)
class Answer:
    """The asked unit's written answer. `deputies`: who the register names its deputies in charge (SC-1.3).

    `signed_by` is a claim: the regulation has the deputy sign on paper, and an officer hand it in. So `by` says for
    ever who claimed it, and `signed_by` whose signature; that it is there, the paper shows.
    """

    agrees: bool
    reason: str
    signed_by: PersonId | None
    deputies: frozenset[PersonId]
    by: PersonId
    drafted_by: PersonId | None = None  # of the document; None in letters of before the draft was named


@dataclass(frozen=True, slots=True)
class Object:
    """A unit that had agreed objects after all. The fields as in `Answer`."""

    reason: str
    signed_by: PersonId | None
    deputies: frozenset[PersonId]
    by: PersonId


@dataclass(frozen=True, slots=True)
class Lapse:
    """The timer's command once the time to answer is over."""

    by: PersonId


# -- decide. The rules are those of the unit that asks.


@clause("SC-3.3", "SC-A1.6")
def request(state: State, cmd: Request, rules: Rules, now: datetime) -> list[Event]:
    """One letter about one text: the id says which. A text that comes back after another had taken its place is asked
    about again, if its letter had no answer, and the time to answer begins anew."""
    if state is not None:
        again = cmd.returned and isinstance(state, Asked) and state.request.draft != cmd.draft
        if not again:
            return []
    return [
        ConsultationRequested(
            consultation=cmd.consultation,
            document=cmd.document,
            digest=cmd.digest,
            title=cmd.title,
            unit=cmd.unit,
            asked=cmd.asked,
            kind=cmd.kind,
            matters=cmd.matters,
            opinion=cmd.opinion,
            draft=cmd.draft,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("SC-3.3", "SC-A1.4c")
def answer(state: State, cmd: Answer, rules: Rules, now: datetime) -> list[Event]:
    """Who disagrees gives a reason, and the unit's deputy in charge signs it; nobody else's signature is taken for
    any answer. Once silence has become consent nothing is taken any more, even if the timer hasn't said so yet; where
    it is none, a late answer is welcome."""
    if state is None:
        raise refusals.unknown_consultation()
    asked, rule = state.request, rules.book.consultation(state.request.kind)
    if cmd.by == cmd.drafted_by:
        raise refusals.own_question(rule.clause)
    event = ConsultationAnswered(
        consultation=asked.consultation,
        document=asked.document,
        digest=asked.digest,
        unit=asked.unit,
        asked=asked.asked,
        agrees=cmd.agrees,
        reason=cmd.reason,
        signed_by=cmd.signed_by,
        kind=asked.kind,
        rulebook=rules.book.version,
        by=cmd.by,
        at=now,
    )
    match state:
        case Answered(answer=before):
            if event == before.model_copy(update={"by": cmd.by, "at": now}):
                return []
            raise refusals.already_answered(rule.clause)
        case Objected():
            raise refusals.already_answered(rule.clause)
        case Lapsed(silence=Silence.CONSENT):
            raise refusals.silence_was_consent(rule.clause)
        case Asked() if rule.silence is Silence.CONSENT and past_due(state, rules, now):
            raise refusals.silence_was_consent(rule.clause)
    if not cmd.agrees and not cmd.reason.strip():
        raise refusals.disagrees_without_reason(rule.clause)
    if not cmd.agrees and cmd.signed_by not in cmd.deputies:
        raise refusals.not_signed(rule.clause)
    if cmd.signed_by is not None and cmd.signed_by not in cmd.deputies:
        raise refusals.not_a_deputy(rule.clause)
    return [event]


@clause("SC-3.3")
def object_(state: State, cmd: Object, rules: Rules, now: datetime) -> list[Event]:
    """Who had agreed objects: with its reason, signed by the deputy in charge, as a disagreement is. Consent by silence is
    the law's own, and can't be taken back."""
    if state is None:
        raise refusals.unknown_consultation()
    asked, rule = state.request, rules.book.consultation(state.request.kind)
    match state:
        case Lapsed(silence=Silence.CONSENT):
            raise refusals.silence_was_consent(rule.clause)
        case Asked() | Lapsed():
            raise refusals.not_answered(rule.clause)
        case Objected(objection=before) if (before.reason, before.signed_by, before.by) == (
            cmd.reason.strip(),
            cmd.signed_by,
            cmd.by,
        ):
            return []  # the same command again
        case Objected() | Answered(answer=ConsultationAnswered(agrees=False)):
            raise refusals.already_answered(rule.clause)
    if not cmd.reason.strip():
        raise refusals.disagrees_without_reason(rule.clause)
    if cmd.signed_by is None or cmd.signed_by not in cmd.deputies:
        raise refusals.not_signed(rule.clause)
    return [
        ConsultationObjected(
            consultation=asked.consultation,
            document=asked.document,
            digest=asked.digest,
            unit=asked.unit,
            asked=asked.asked,
            kind=asked.kind,
            reason=cmd.reason,
            signed_by=cmd.signed_by,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("SC-3.3", "SC-A1.4c")
def lapse(state: State, cmd: Lapse, rules: Rules, now: datetime) -> list[Event]:
    """Nothing when it is answered or has lapsed already; refused while the due day lasts."""
    if state is None:
        raise refusals.unknown_consultation()
    if not isinstance(state, Asked):
        return []
    asked, rule = state.request, rules.book.consultation(state.request.kind)
    due = past_due(state, rules, now)
    if due is None:
        raise refusals.not_due(rule.clause)
    return [
        ConsultationLapsed(
            consultation=asked.consultation,
            document=asked.document,
            digest=asked.digest,
            unit=asked.unit,
            asked=asked.asked,
            kind=asked.kind,
            silence=rule.silence,
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
        case None | Asked(), ConsultationRequested():
            return Asked(event)
        case Asked() | Lapsed(), ConsultationAnswered():
            return Answered(state.request, event)
        case Asked(), ConsultationLapsed():
            return Lapsed(state.request, event.silence)
        case Answered(), ConsultationObjected():
            return Objected(state.request, event)
        case _:
            return state
