"""报签: an officer's answer waits for its sign-off, frozen, and goes out when exactly that is signed (CX-17e).

Folded from the application's own stream, so that proposal, withdrawal and answer are in one order. What an agency's
system reports as sent is answered at once: applications/aggregate.py.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    AnswerApproved,
    AnswerProposed,
    ApplicationAnswered,
    ApplicationReceived,
    Digest,
    Event,
    EventRef,
    Id,
    PersonId,
    ProposalWithdrawn,
    Sealed,
    SignOffStale,
)
from gongkai.contracts.vocabulary import AnswerKind
from gongkai.intake.answers import refusals
from gongkai.intake.applications import refusals as of_applications
from gongkai.intake.applications.aggregate import answered, checked_grounds
from gongkai.rules import Rules

# -- state


@dataclass(frozen=True, slots=True)
class Unanswered:
    """`proposal`: what waits for its sign-off. `withdrawn`: what was taken back last. `signed`: the last completed
    sign-off that was heard of."""

    received: ApplicationReceived
    proposal: AnswerProposed | None = None
    withdrawn: Id | None = None
    signed: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    received: ApplicationReceived
    answer: ApplicationAnswered
    signed: UUID | None = None


State = Unanswered | Answered | None

# -- commands


@dataclass(frozen=True, slots=True)
class Propose:
    """Freeze the answer and ask for its sign-off. It takes the place of what was proposed before."""

    proposal: Id
    kind: AnswerKind
    letter: Sealed
    grounds: tuple[str, ...]  # codes of `Ground`
    by: PersonId


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back the proposal: the current one, or the one that is named."""

    proposal: Id | None
    reason: str
    by: PersonId


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Issued because a sign-off is complete: of which proposal, of which digest, by whose last signature."""

    proposal: Id
    digest: Digest
    sign_off: EventRef
    by: PersonId


# -- decide


def digest_of(application: Id, kind: AnswerKind, grounds: tuple[str, ...], letter: Sealed) -> Digest:
    """SHA-256 over the outcome and the sealed letter: who only reads the log can't try plain texts on it."""
    frozen = {
        "application": application,
        "kind": str(kind),
        "grounds": list(grounds),
        "letter": letter.model_dump(mode="json"),
    }
    return sha256(json.dumps(frozen, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@clause("CX-17e", "GT-register", "GT-grounds", "GT-default", "GT-partial")
def propose(state: State, cmd: Propose, rules: Rules, now: datetime) -> list[Event]:
    """Checked as the answer will be. The clock runs on while it waits."""
    open_ = _unanswered(state)
    if open_.proposal is not None and open_.proposal.proposal == cmd.proposal:
        return []
    received, grounds = open_.received, checked_grounds(cmd.kind, cmd.grounds)
    return [
        AnswerProposed(
            application=received.application,
            unit=received.unit,
            proposal=cmd.proposal,
            digest=digest_of(received.application, cmd.kind, grounds, cmd.letter),
            kind=cmd.kind,
            letter=cmd.letter,
            grounds=grounds,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("CX-17e")
def withdraw(state: State, cmd: Withdraw, rules: Rules, now: datetime) -> list[Event]:
    """Whichever is first on this stream wins: after the answer there is nothing to withdraw."""
    open_ = _unanswered(state)
    current = open_.proposal
    if current is None and open_.withdrawn is not None and cmd.proposal in (None, open_.withdrawn):
        return []
    if current is None or cmd.proposal not in (None, current.proposal):
        raise refusals.nothing_proposed(rules.book.approvals["answer"].clause)
    return [
        ProposalWithdrawn(
            application=current.application,
            unit=current.unit,
            proposal=current.proposal,
            reason=cmd.reason,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("CX-17e", "GT-answer")
def dispatch(state: State, cmd: Dispatch, rules: Rules, now: datetime) -> list[Event]:
    """The current proposal is what was signed: approved, and answered with the judgement of the clock at this moment.
    Else nothing goes out, and that is a fact for those who signed."""
    if state is None:
        raise of_applications.unknown_application()
    if state.signed == cmd.sign_off.id:
        return []
    named: dict[str, Any] = {
        "application": state.received.application,
        "unit": state.received.unit,
        "proposal": cmd.proposal,
        "digest": cmd.digest,
        "sign_off": cmd.sign_off,
        "rulebook": rules.book.version,
        "by": cmd.by,
        "at": now,
    }
    current = state.proposal if isinstance(state, Unanswered) else None
    if current is None or (current.proposal, current.digest) != (cmd.proposal, cmd.digest):
        return [SignOffStale(**named)]
    answer = answered(
        state.received,
        rules,
        now,
        kind=current.kind,
        letter=current.letter,
        grounds=current.grounds,
        by=current.by,
    )
    return [AnswerApproved(**named), answer]


def _unanswered(state: State) -> Unanswered:
    if state is None:
        raise of_applications.unknown_application()
    if isinstance(state, Answered):
        raise of_applications.already_answered(state.answer.answered_on)
    return state


# -- evolve


def evolve(state: State, event: Event) -> State:
    match state, event:
        case None, ApplicationReceived():
            return Unanswered(event)
        case Unanswered(), AnswerProposed():
            return replace(state, proposal=event)
        case Unanswered(proposal=AnswerProposed()), ProposalWithdrawn():
            return replace(state, proposal=None, withdrawn=event.proposal)
        case Unanswered(), ApplicationAnswered():
            return Answered(state.received, event, state.signed)
        case Unanswered() | Answered(), AnswerApproved() | SignOffStale():
            return replace(state, signed=event.sign_off.id)
        case _:
            return state
