"""The docket: a document's drafts, secrecy reviews and consultations, as the gate asks for them (WY-B.3, SC-3.3)."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from gongkai.contracts.events import (
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationObjected,
    ConsultationRequested,
    DocumentDrafted,
    Event,
    EventRef,
    SecrecyReviewed,
    SecrecyReviewWithdrawn,
)
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Silence
from gongkai.rules.release.gate import Consultation, Docket, Draft, Need, Review

Fact = tuple[Event, EventRef]
Settled = Literal["open", "consent", "refused"]

CONCERNS = (
    DocumentDrafted,
    SecrecyReviewed,
    SecrecyReviewWithdrawn,
    ConsultationRequested,
    ConsultationAnswered,
    ConsultationObjected,
    ConsultationLapsed,
)  # the events that a docket is made of


def docket_of(facts: Sequence[Fact], register: Register) -> Docket | None:
    """The docket of the newest version; None without a draft. Facts of one stream in the order of its versions; between
    streams, in any order. The register gives the names of units."""
    drafts = [(event, ref) for event, ref in facts if isinstance(event, DocumentDrafted)]
    if not drafts:
        return None
    draft, draft_ref = drafts[-1]
    first = {event.digest: ref.id for event, ref in reversed(drafts)}
    return Docket(
        draft_of(draft, draft_ref, register), _review(facts, draft_ref.id, first), _consultations(facts)
    )


def draft_of(event: DocumentDrafted, ref: EventRef, register: Register) -> Draft:
    """A version as the gate asks for it."""
    names = {need.unit: entry.name for need in event.consult if (entry := register.unit(need.unit))}
    return Draft(
        document=event.document,
        unit=event.unit,
        title=event.title,
        number=event.number,
        category=event.category,
        attribute=event.attribute,
        summary=event.summary,
        digest=event.digest,
        media_type=event.media_type,
        size=event.size,
        formed_on=event.formed_on,
        consult=tuple(Need(need.unit, names.get(need.unit, need.unit), need.kind) for need in event.consult),
        ref=ref,
    )


def _review(facts: Sequence[Fact], draft: UUID, first: Mapping[str, UUID]) -> Review | None:
    """The newest opinion on that draft; where there is none, the newest on another, so that the page can say so.

    An opinion that was recorded before it named its draft is about the first one with its digest: then, another with
    the same text was put to no review of its own. One that was withdrawn is none.
    """
    reviews: list[Review] = []
    for event, ref in facts:
        if not isinstance(event, SecrecyReviewed | SecrecyReviewWithdrawn):
            continue
        about = event.draft.id if event.draft else first.get(event.digest)
        if isinstance(event, SecrecyReviewed):
            reviews.append(Review(event.digest, event.opinion, ref, about))
        else:
            reviews = [review for review in reviews if review.draft != about]
    return next((r for r in reversed(reviews) if r.draft == draft), reviews[-1] if reviews else None)


def _consultations(facts: Sequence[Fact]) -> tuple[Consultation, ...]:
    found: dict[str, Consultation] = {}
    for event, ref in facts:
        match event:
            case ConsultationRequested():
                found.setdefault(
                    event.consultation, Consultation(event.kind, event.digest, event.asked, "open", ref)
                )
            case ConsultationLapsed():
                read: Settled = "consent" if event.silence is Silence.CONSENT else "open"
                found[event.consultation] = Consultation(event.kind, event.digest, event.asked, read, ref)
            case ConsultationObjected():
                found[event.consultation] = Consultation(
                    event.kind, event.digest, event.asked, "refused", ref
                )
            case ConsultationAnswered():
                asked = found.get(event.consultation)
                kind = event.kind or (asked.kind if asked else None)
                outcome: Settled = "refused" if not event.agrees else "consent" if kind else "open"
                found[event.consultation] = Consultation(  # of a question that wasn't seen, only a no counts
                    kind or ConsultationKind.AFFECTS, event.digest, event.asked, outcome, ref
                )
    return tuple(found.values())
