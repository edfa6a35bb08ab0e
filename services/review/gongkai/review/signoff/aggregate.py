"""签批: what another service froze passes the rulebook's steps one after another (CX-17e).

One stream a case, one sign-off after another on it: each is of one subject with one digest, which never change. Silence
never approves: nothing here looks at a clock.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    Author,
    Digest,
    Event,
    EventRef,
    Id,
    PersonId,
    SignOffCompleted,
    SignOffOpened,
    SignOffStep,
    SignOffVoided,
    StepApproval,
    StepGiven,
    StepReturned,
)
from gongkai.contracts.vocabulary import VoidGround
from gongkai.review.signoff import refusals
from gongkai.rules import Rules
from gongkai.rules.basis import basis

# -- state


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for its next step. `given`: those before it, in order."""

    opened: SignOffOpened
    given: tuple[StepGiven, ...] = ()

    @property
    def step(self) -> SignOffStep:
        """The step whose turn it is."""
        return self.opened.steps[len(self.given)]

    @property
    def since(self) -> datetime:
        """How long that step has had it: the time that passes is this step's (CX-17e)."""
        return self.given[-1].at if self.given else self.opened.at


@dataclass(frozen=True, slots=True)
class Ended:
    """Completed, returned or void: nothing more is said about this subject."""

    opened: SignOffOpened
    given: tuple[StepGiven, ...]
    end: SignOffCompleted | StepReturned | SignOffVoided


State = Waiting | Ended | None

# -- commands


@dataclass(frozen=True, slots=True)
class Open:
    """Ask for the sign-off of a proposal, of all of `steps`: by `rule`, the rulebook's approval of that name."""

    case: str
    subject: Id
    digest: Digest
    unit: Id
    rule: Id
    steps: tuple[SignOffStep, ...]
    proposed_by: Author
    proposal: EventRef
    by: PersonId


@dataclass(frozen=True, slots=True)
class Give:
    """Agree to exactly this subject with this digest. `for_whom`: colleagues whose duty it is done as."""

    subject: Id
    digest: Digest
    opinion: str
    by: PersonId
    for_whom: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Return:
    """Send it back, and say why."""

    subject: Id
    digest: Digest
    opinion: str
    by: PersonId
    for_whom: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Void:
    """Nobody has to sign that subject any more; whichever there is, where none is named."""

    subject: Id | None
    ground: VoidGround
    by: PersonId


# -- decide


@clause("CX-17e")
def open_(state: State, cmd: Open, rules: Rules, now: datetime) -> list[Event]:
    """A new subject takes the place of the one before, whatever was said about that."""
    if state is not None and state.opened.subject == cmd.subject:
        return []
    return [
        SignOffOpened(
            case=cmd.case,
            subject=cmd.subject,
            digest=cmd.digest,
            unit=cmd.unit,
            rule=cmd.rule,
            steps=cmd.steps,
            proposed_by=cmd.proposed_by,
            proposal=cmd.proposal,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("CX-17e")
def give(state: State, cmd: Give, rules: Rules, now: datetime) -> list[Event]:
    """The step whose turn it is; with the last one the sign-off is complete."""
    waiting = _may_sign(state, cmd)
    if waiting is None:
        return []
    opened = waiting.opened
    step = StepGiven(
        case=opened.case,
        subject=opened.subject,
        digest=opened.digest,
        unit=opened.unit,
        rule=opened.rule,
        step=waiting.step.step,
        opinion=cmd.opinion,
        rulebook=rules.book.version,
        by=cmd.by,
        at=now,
    )
    given = (*waiting.given, step)
    if len(given) < len(opened.steps):
        return [step]
    approvals = tuple(StepApproval(step=each.step, by=each.by, at=each.at) for each in given)
    completed = SignOffCompleted(
        case=opened.case,
        subject=opened.subject,
        digest=opened.digest,
        unit=opened.unit,
        rule=opened.rule,
        approvals=approvals,
        rulebook=rules.book.version,
        by=cmd.by,
        at=now,
    )
    return [step, completed]


@clause("CX-17e")
def return_(state: State, cmd: Return, rules: Rules, now: datetime) -> list[Event]:
    """Returned by the step whose turn it is, with an opinion; what comes back is another proposal."""
    waiting = _may_sign(state, cmd)
    if waiting is None:
        return []
    opened = waiting.opened
    if not cmd.opinion.strip():
        raise refusals.no_opinion(basis(opened))
    return [
        StepReturned(
            case=opened.case,
            subject=opened.subject,
            digest=opened.digest,
            unit=opened.unit,
            rule=opened.rule,
            step=waiting.step.step,
            opinion=cmd.opinion,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("CX-17e")
def void(state: State, cmd: Void, rules: Rules, now: datetime) -> list[Event]:
    """Nothing for one that has ended, or whose place another has taken."""
    if not isinstance(state, Waiting) or cmd.subject not in (None, state.opened.subject):
        return []
    opened = state.opened
    return [
        SignOffVoided(
            case=opened.case,
            subject=opened.subject,
            digest=opened.digest,
            unit=opened.unit,
            rule=opened.rule,
            ground=cmd.ground,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


def _may_sign(state: State, cmd: Give | Return) -> Waiting | None:
    """None when this person said the same before, so that it ended so.

    Nobody signs what he proposed himself, nor does somebody who signs in his place: where the deputy proposed it, the
    head signs, who may do whatever his deputy may.
    """
    if state is None:
        raise refusals.unknown_sign_off()
    opened, under = state.opened, basis(state.opened)
    if (opened.subject, opened.digest) != (cmd.subject, cmd.digest):
        raise refusals.other_subject(under)
    if isinstance(state, Ended):
        said = StepReturned if isinstance(cmd, Return) else SignOffCompleted
        if isinstance(state.end, said) and state.end.by == cmd.by:
            return None
        raise refusals.ended(under)
    if opened.proposed_by in {cmd.by, *cmd.for_whom}:
        raise refusals.own_proposal(under)
    return state


# -- evolve


def evolve(state: State, event: Event) -> State:
    match state, event:
        case _, SignOffOpened():
            return Waiting(event)
        case Waiting(), StepGiven():
            return replace(state, given=(*state.given, event))
        case Waiting(), SignOffCompleted() | StepReturned() | SignOffVoided():
            return Ended(state.opened, state.given, event)
        case _:
            return state
