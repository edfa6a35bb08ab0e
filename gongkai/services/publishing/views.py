"""The docket: all that publishing has seen of a document, as the gate asks for it (WY-B.3, WY-B.4, LS-10b)."""

from collections.abc import Sequence
from typing import Literal

from gongkai.contracts.envelope import Record, read_record
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
)
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Silence
from gongkai.ledger import blobs
from gongkai.ledger.arrival import Delivered
from gongkai.ledger.read import Connection
from gongkai.services.publishing.domain.gate import Consultation, Docket, Draft, Need, Review

_PLACES = {"cause", "registerat"}  # where things stood differs from run to run; what happened doesn't

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
    """What is published leaves the store's closed part, in the transaction that says so."""

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        for what in batch:
            event = decode(what.record)
            if isinstance(event, DocumentPublished):
                await blobs.release(conn, event.digest)


async def docket_of(conn: Connection, document: str, digest: str | None, register: Register) -> Docket | None:
    """The docket with the review of that digest (of the newest version when None); None: no draft was seen."""
    rows = await conn.fetch("SELECT log, record FROM docket WHERE document = $1", document)
    seen = sorted(
        ((row["log"], read_record(row["record"])) for row in rows), key=lambda pair: pair[1].streamversion
    )
    facts = [(decode(record), _ref(log, record)) for log, record in seen]
    drafts = [(event, ref) for event, ref in facts if isinstance(event, DocumentDrafted)]
    if not drafts:
        return None
    draft, draft_ref = drafts[-1]
    return Docket(
        _draft(draft, draft_ref, register), _review(facts, digest or draft.digest), _consultations(facts)
    )


def _ref(log: str, record: Record) -> EventRef:
    return EventRef(log=log, id=record.id, type=record.type, at=record.time)


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


def _review(facts: Sequence[tuple[Event, EventRef]], digest: str) -> Review | None:
    """The newest opinion on that digest; where there is none, the newest on another, so that the page can say so."""
    reviews = [Review(e.digest, e.opinion, ref) for e, ref in facts if isinstance(e, SecrecyReviewed)]
    return next((r for r in reversed(reviews) if r.digest == digest), reviews[-1] if reviews else None)


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
                said: Settled = "consent" if event.agrees else "refused"
                asked = found[event.consultation]  # its own stream is in order
                found[event.consultation] = Consultation(asked.kind, event.digest, event.asked, said, ref)
    return tuple(found.values())
