"""保密审查: one review of one version of one item (WY-B.3, WY-B.8, WY-B.9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    Digest,
    Event,
    EventRef,
    Id,
    PersonId,
    SecrecyReviewed,
    SecrecyReviewRequested,
    SecrecyReviewWithdrawn,
)
from gongkai.contracts.vocabulary import Attribute, Opinion
from gongkai.review.secrecy import refusals
from gongkai.rules import Rules

# -- state


@dataclass(frozen=True, slots=True)
class Pending:
    """Waits for an opinion; `opinion` is the last one, when it was to refer the version upwards (WY-B.8); `withdrawn`, when
    it was withdrawn."""

    request: SecrecyReviewRequested
    opinion: SecrecyReviewed | None = None
    withdrawn: SecrecyReviewWithdrawn | None = None


@dataclass(frozen=True, slots=True)
class Concluded:
    request: SecrecyReviewRequested
    opinion: SecrecyReviewed


State = Pending | Concluded | None

# -- commands


@dataclass(frozen=True, slots=True)
class Request:
    """Ask for the review of a version. The draft is the version: any edit makes another, whether of the text, the
    title or whom to ask (WY-B.3)."""

    document: Id
    unit: Id
    title: str
    attribute: Attribute
    digest: Digest
    drafted_by: PersonId
    draft: EventRef
    by: PersonId


@dataclass(frozen=True, slots=True)
class Examine:
    """Give an opinion on a version: 公开, 免予公开, 需报审. `draft`: the one that was read, where the caller says so.
    `for_whom`: colleagues whose duty it is done as, where it isn't the reviewer's own."""

    digest: Digest
    opinion: Opinion
    basis: tuple[str, ...]
    reason: str
    by: PersonId
    draft: UUID | None = None
    for_whom: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw the opinion that stands: the version waits for another one."""

    digest: Digest
    reason: str
    by: PersonId


# -- decide


@clause("WY-B.3")
def request(state: State, cmd: Request, rules: Rules, now: datetime) -> list[Event]:
    """A new draft takes the place of the old one, whatever was said about that, and even if its text is the same."""
    if state is not None and state.request.draft == cmd.draft:
        return []
    return [
        SecrecyReviewRequested(
            document=cmd.document,
            unit=cmd.unit,
            title=cmd.title,
            attribute=cmd.attribute,
            digest=cmd.digest,
            drafted_by=cmd.drafted_by,
            draft=cmd.draft,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("WY-B.3", "WY-B.8", "WY-B.9")
def examine(state: State, cmd: Examine, rules: Rules, now: datetime) -> list[Event]:
    """An opinion on exactly this version, with basis and reason, by somebody who didn't draft it, nor does it for
    who did."""
    if state is None:
        raise refusals.unknown_review()
    review, opinion = rules.book.review.clause, rules.book.opinion.clause
    version = state.request.draft
    if state.request.digest != cmd.digest or (cmd.draft and version and version.id != cmd.draft):
        raise refusals.other_version(review)
    if state.request.drafted_by in {cmd.by, *cmd.for_whom}:
        raise refusals.own_draft(review)
    basis = tuple(line for line in cmd.basis if line.strip())
    if not basis:
        raise refusals.no_basis(opinion)
    if not cmd.reason.strip():
        raise refusals.no_reason(opinion)
    event = SecrecyReviewed(
        document=state.request.document,
        unit=state.request.unit,
        digest=cmd.digest,
        opinion=cmd.opinion,
        basis=basis,
        reason=cmd.reason,
        draft=version,
        rulebook=rules.book.version,
        by=cmd.by,
        at=now,
    )
    if state.opinion is not None and event == state.opinion.model_copy(update={"by": cmd.by, "at": now}):
        return []  # the same command again
    if isinstance(state, Concluded):
        raise refusals.concluded(opinion)
    if state.opinion is not None and state.opinion.by == cmd.by:
        raise refusals.referred(opinion)
    return [event]


@clause("WY-B.3", "WY-B.9")
def withdraw(state: State, cmd: Withdraw, rules: Rules, now: datetime) -> list[Event]:
    """The opinion on this version stands no longer. A permit that was given under it isn't revoked: it dies soon, or what it
    let out is withdrawn in its turn."""
    if state is None:
        raise refusals.unknown_review()
    if state.request.digest != cmd.digest:
        raise refusals.other_version(rules.book.review.clause)
    if not cmd.reason.strip():
        raise refusals.no_reason(rules.book.opinion.clause)
    if state.opinion is None:
        before = state.withdrawn if isinstance(state, Pending) else None
        if before is not None and (before.reason, before.by) == (cmd.reason.strip(), cmd.by):
            return []  # the same command again
        raise refusals.no_opinion(rules.book.opinion.clause)
    return [
        SecrecyReviewWithdrawn(
            document=state.request.document,
            unit=state.request.unit,
            digest=cmd.digest,
            opinion=state.opinion.opinion,
            reason=cmd.reason,
            draft=state.opinion.draft,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match state, event:
        case _, SecrecyReviewRequested():
            return Pending(event)
        case Pending(), SecrecyReviewed(opinion=Opinion.REFER):
            return Pending(state.request, event)
        case Pending(), SecrecyReviewed():
            return Concluded(state.request, event)
        case Pending() | Concluded(), SecrecyReviewWithdrawn():
            return Pending(state.request, withdrawn=event)
        case _:
            return state
