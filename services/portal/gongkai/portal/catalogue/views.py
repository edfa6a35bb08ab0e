"""The portal's read model: what DocumentPublished says, with the released text (条例第二十三条、第二十四条).

Independent of the order of events: a publication is inserted once by its event id, and the newest version of a document wins.
"""

import asyncio
from collections.abc import Sequence

from gongkai.contracts.envelope import Record
from gongkai.contracts.events import DocumentPublished, decode_if
from gongkai.contracts.media import MEDIA
from gongkai.ledger import blobs
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.upsert import storable
from gongkai.portal.catalogue.search import lexemes, normalised
from gongkai.rules.local_time import local_date

RETRY_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # seconds, while a text isn't released yet

_PUBLICATION = """
INSERT INTO publication (event_id, document, version, published_at, unit_name, index_no, digest, formed_on,
                         drafted, drafted_at, review, reviewed_at, consultations, settled_at, rulebook)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (event_id) DO NOTHING
"""

_DOCUMENT = """
INSERT INTO document AS d (document, version, event_id, unit, unit_name, title, number, index_no, category, summary,
                           digest, media_type, size, formed_on, published_at, year, body, head,
                           searched, head_grams, grams)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, array_to_tsvector($20::text[]), array_to_tsvector($21::text[]))
ON CONFLICT (document) DO UPDATE SET
    version = excluded.version, event_id = excluded.event_id, unit = excluded.unit, unit_name = excluded.unit_name,
    title = excluded.title, number = excluded.number, index_no = excluded.index_no, category = excluded.category,
    summary = excluded.summary, digest = excluded.digest, media_type = excluded.media_type, size = excluded.size,
    formed_on = excluded.formed_on, published_at = excluded.published_at, year = excluded.year,
    body = excluded.body, head = excluded.head, searched = excluded.searched, head_grams = excluded.head_grams,
    grams = excluded.grams
WHERE excluded.version > d.version
"""


class Documents:
    """Projection `portal.document`."""

    name = "portal.document"
    tables: tuple[str, ...] = ("document", "publication")
    version = 1

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        published = [
            (delivered.record, event)
            for delivered in batch
            if (event := decode_if(delivered.record, DocumentPublished)) is not None
        ]
        if not published:
            return
        await conn.executemany(_PUBLICATION, [_publication(record, event) for record, event in published])
        newest: dict[str, tuple[Record, DocumentPublished]] = {}
        for record, event in published:
            known = newest.get(event.document)
            if known is None or record.streamversion > known[0].streamversion:
                newest[event.document] = (record, event)
        rows = [_document(r, e, await _released(conn, e.digest)) for r, e in newest.values()]
        await conn.executemany(_DOCUMENT, rows)


async def _released(conn: Connection, digest: str) -> bytes:
    """The text. Publishing releases it right after appending this event, so retry for a moment. Raises Absent."""
    for pause in RETRY_PAUSES:
        try:
            return await blobs.released(conn, digest)
        except blobs.Absent:
            await asyncio.sleep(pause)
    return await blobs.released(conn, digest)


def _publication(record: Record, event: DocumentPublished) -> tuple[object, ...]:
    row = (
        record.id,
        event.document,
        record.streamversion,
        event.at,
        event.unit_name,
        event.index,
        event.digest,
        event.formed_on,
        event.drafted.id,
        event.drafted.at,
        event.review.id,
        event.review.at,
        [c.id for c in event.consultations],
        max((c.at for c in event.consultations), default=None),
        event.rulebook,
    )
    return tuple(storable(value) for value in row)


def _readable_text(content: bytes, media_type: str) -> str:
    """The text that can be searched: empty for pictures, sound and other binary files (LS-2)."""
    known = MEDIA.get(media_type)
    return content.decode(errors="replace") if known is None or known.is_text else ""


def _document(record: Record, event: DocumentPublished, content: bytes) -> tuple[object, ...]:
    body, title, number, index = map(
        storable, (_readable_text(content, event.media_type), event.title, event.number, event.index)
    )
    summary, unit_name = storable(event.summary), storable(event.unit_name)
    head = [normalised(part) for part in (title, number or "", index)]
    fields = [*head, normalised(summary), normalised(body)]
    return (
        event.document,
        record.streamversion,
        record.id,
        event.unit,
        unit_name,
        title,
        number,
        index,
        str(event.category),
        summary,
        event.digest,
        storable(event.media_type),
        event.size,
        event.formed_on,
        event.at,
        local_date(event.at).year,
        body,
        "\n".join(head),
        "\n".join(fields),
        lexemes(head),
        lexemes(fields),
    )
