"""公开属性源头认定: a draft with its attribute and reason; drafted again, it is another version (CX-6, WY-B.5, LS-10a)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    ConsultationNeed,
    Digest,
    DocumentDrafted,
    Event,
    EventRef,
    HandoverRefused,
    Id,
    PersonId,
    ReleasePermitted,
    VersionHandedOver,
)
from gongkai.contracts.vocabulary import Attribute, Category, ReleaseEnd
from gongkai.intake.documents import refusals
from gongkai.rules import Rules
from gongkai.rules.local_time import local_date

RESERVED_ID = "new"  # where the console has the page for a new one
EARLIEST = date(1949, 10, 1)
MAX_AHEAD = timedelta(days=366)  # how far in the future a document may be dated
# How long after a permit's last moment a publication may yet become visible: a transaction that is silent for 30 s is ended
# (`runtime.pool.LONGEST_HELD`).
COMMIT_DELAY: Final = timedelta(seconds=60)

# -- state


@dataclass(frozen=True, slots=True)
class Drafted:
    """The newest version, as its drafter handed it in. `handed_over`: for which release it was, last."""

    version: DocumentDrafted
    handed_over: VersionHandedOver | None = None


State = Drafted | None

# -- commands


@dataclass(frozen=True, slots=True)
class Draft:
    """Hand in a document, or another version of it. The text is in the content store already."""

    document: Id
    unit: Id
    title: str
    number: str | None
    category: Category
    attribute: str | None  # a code of 公开属性; which ones there are, the rulebook says
    reason: str
    summary: str
    digest: Digest
    media_type: str
    size: int  # bytes
    formed_on: date
    consult: tuple[ConsultationNeed, ...]
    by: PersonId
    carries_on: frozenset[Id] = frozenset()  # ended units whose affairs `unit` carries on
    ended: "EndedRelease | None" = None


@dataclass(frozen=True, slots=True)
class EndedRelease:
    """A release that publishing's log says has ended, one way or the other, and the event that says so."""

    release: Id
    event: EventRef


@dataclass(frozen=True, slots=True)
class HandOver:
    """Hand the permitted version over to publishing. `newest`: event id of the newest DocumentDrafted of the stream; None
    once the permit has expired."""

    permit: ReleasePermitted
    ref: EventRef  # the permit
    newest: UUID | None
    by: PersonId


# -- decide


@clause("CX-6", "WY-B.5", "WY-B.6a", "LS-10a", "GT-owner", "GT-guide", "SC-A1.3")
def draft(state: State, cmd: Draft, rules: Rules, now: datetime) -> list[Event]:
    """Without an attribute, or the reason that the rulebook asks for with it, nothing is issued.

    A document stays its maker's; that unit's successor may go on with it, from then on in its own name.
    """
    if state is not None and state.version.unit not in (cmd.unit, *cmd.carries_on):
        raise refusals.other_units_document()
    if cmd.document == RESERVED_ID:
        raise refusals.reserved_id()
    last = local_date(now) + MAX_AHEAD
    if not EARLIEST <= cmd.formed_on <= last:
        raise refusals.formed_out_of_range(EARLIEST, last)
    event = DocumentDrafted(
        document=cmd.document,
        unit=cmd.unit,
        title=cmd.title,
        number=cmd.number,
        category=cmd.category,
        attribute=_attribute(cmd, rules),
        reason=cmd.reason,
        summary=cmd.summary,
        digest=cmd.digest,
        media_type=cmd.media_type,
        size=cmd.size,
        formed_on=cmd.formed_on,
        consult=_consultations(cmd, rules),
        rulebook=rules.book.version,
        by=cmd.by,
        at=now,
    )
    incidental = {"rulebook": event.rulebook, "after_release": None, "by": cmd.by, "at": now}
    if state is not None and event == state.version.model_copy(update=incidental):
        return []  # the same version again is no edit, and voids no review
    return [event.model_copy(update={"after_release": _end_of_release(state, cmd, rules, now)})]


@clause("WY-B.3")
def _end_of_release(state: State, cmd: Draft, rules: Rules, now: datetime) -> EventRef | None:
    """While a version is handed over for release nobody makes another: what goes out is what was reviewed. Until publishing
    has ended the release, or its permit has expired for good."""
    if state is None or state.handed_over is None:
        return None
    if cmd.ended is not None and cmd.ended.release == state.handed_over.release:
        return cmd.ended.event
    if now <= state.handed_over.expires + COMMIT_DELAY:
        raise refusals.being_released(rules.book.review.clause)
    return None


@clause("WY-B.3", "WY-B.4")
def hand_over(state: State, cmd: HandOver, rules: Rules, now: datetime) -> list[Event]:
    """The permitted version, if it is the newest and the permit still holds; else refused, on record."""
    assert state is not None, "a permit is given for a draft"
    permit, reason = cmd.permit, None
    if state.handed_over is not None and state.handed_over.release == permit.release:
        return []
    if cmd.newest is None:
        reason = ReleaseEnd.EXPIRED
    elif permit.draft.id != cmd.newest:
        reason = ReleaseEnd.OTHER_VERSION
    common = {
        "release": permit.release,
        "document": permit.document,
        "unit": permit.unit,
        "digest": permit.digest,
        "draft": permit.draft,
        "permit": cmd.ref,
        "rulebook": rules.book.version,
        "by": cmd.by,
        "at": now,
    }
    if reason is not None:
        return [HandoverRefused(**common, reason=reason)]
    return [VersionHandedOver(**common, expires=permit.expires)]


def _attribute(cmd: Draft, rules: Rules) -> Attribute:
    if not cmd.attribute or cmd.attribute not in rules.book.attributes:
        known = [attribute for attribute in Attribute if attribute in rules.book.attributes]
        proactive = rules.book.attributes[Attribute.PROACTIVE]  # the attribute that every regulation knows
        refusal = refusals.unknown_attribute if cmd.attribute else refusals.no_attribute
        raise refusal(known, proactive.clause)
    attribute = Attribute(cmd.attribute)
    rule = rules.book.attributes[attribute]
    if rule.reason_required and not cmd.reason.strip():
        raise refusals.no_reason(attribute, rule.clause)
    return attribute


@clause("SC-3.3")
def _consultations(cmd: Draft, rules: Rules) -> tuple[ConsultationNeed, ...]:
    """Other units only, and one letter to each on one matter."""
    for index, need in enumerate(cmd.consult):
        if need.unit == cmd.unit:
            raise refusals.consults_itself(index, rules.book.consultation(need.kind).clause)
        if any((need.unit, need.kind) == (other.unit, other.kind) for other in cmd.consult[:index]):
            raise refusals.consults_twice(index, rules.book.consultation(need.kind).clause)
    return cmd.consult


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case DocumentDrafted():
            return Drafted(event)
        case VersionHandedOver() if state is not None:
            return replace(state, handed_over=event)
        case _:
            return state
