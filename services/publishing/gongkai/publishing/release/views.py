"""The docket: all that publishing has seen of a document, as the gate asks for it (WY-B.3, WY-B.4, LS-10b)."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from gongkai.contracts.envelope import read_record
from gongkai.contracts.events import (
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    DocumentDrafted,
    DocumentPublished,
    Event,
    EventRef,
    SecrecyReviewed,
    decode,
    decode_if,
)
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import ConsultationKind, Silence
from gongkai.ledger import blobs
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.publishing.release.gate import Consultation, Docket, Draft, Need, Review

_PLACES = {"cause", "registerat"}  # positions differ from run to run; what happened doesn't

Settled = Literal["open", "consent", "refused"]

_SEEN = (DocumentDrafted, SecrecyReviewed, ConsultationRequested, ConsultationAnswered, ConsultationLapsed)


class Dockets:
    name = "publishing.docket"
    tables = ("docket",)

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        rows = [
            (
                what.record.id,
                event.document,
                what.place.log,
                what.record.model_dump_json(exclude=_PLACES, exclude_none=True).encode(),
            )
            for what in batch
            if isinstance(event := decode(what.record), _SEEN)
        ]
        if rows:
            await conn.executemany("INSERT INTO docket VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", rows)


class Releases:
    """What is published is marked as released in the content store, in the transaction that says so."""

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if (event := decode_if(what.record, DocumentPublished)) is not None:
                await blobs.release(conn, event.digest)


async def docket_of(conn: Connection, document: str, register: Register) -> Docket | None:
    """The docket of the newest version; None: no draft was seen."""
    rows = await conn.fetch("SELECT log, record FROM docket WHERE document = $1", document)
    seen = sorted(
        ((row["log"], read_record(row["record"])) for row in rows), key=lambda pair: pair[1].streamversion
    )
    facts = [(decode(record), EventRef.of(log, record)) for log, record in seen]
    drafts = [(event, ref) for event, ref in facts if isinstance(event, DocumentDrafted)]
    if not drafts:
        return None
    draft, draft_ref = drafts[-1]
    first = {event.digest: ref.id for event, ref in reversed(drafts)}
    return Docket(
        _draft(draft, draft_ref, register), _review(facts, draft_ref.id, first), _consultations(facts)
    )


def _draft(event: DocumentDrafted, ref: EventRef, register: Register) -> Draft:
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


def _review(facts: Sequence[tuple[Event, EventRef]], draft: UUID, first: Mapping[str, UUID]) -> Review | None:
    """The newest opinion on that draft; where there is none, the newest on another, so that the page can say so.

    An opinion that was recorded before it named its draft is about the first one with its digest: then, another with
    the same text was put to no review of its own.
    """
    reviews = [
        Review(e.digest, e.opinion, ref, e.draft.id if e.draft else first.get(e.digest))
        for e, ref in facts
        if isinstance(e, SecrecyReviewed)
    ]
    return next((r for r in reversed(reviews) if r.draft == draft), reviews[-1] if reviews else None)


def _consultations(facts: Sequence[tuple[Event, EventRef]]) -> tuple[Consultation, ...]:
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
            case ConsultationAnswered():
                asked = found.get(event.consultation)
                kind = event.kind or (asked.kind if asked else None)
                outcome: Settled = "refused" if not event.agrees else "consent" if kind else "open"
                found[event.consultation] = Consultation(  # of a question that wasn't seen, only a no counts
                    kind or ConsultationKind.AFFECTS, event.digest, event.asked, outcome, ref
                )
    return tuple(found.values())
