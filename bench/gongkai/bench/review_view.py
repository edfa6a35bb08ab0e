"""The projection that benches measure: a table of reviews, one row a document and digest.

It does the same work for an event as a read model of a service, without being one, since a bench may import no
service: decode, columns of a row, of one row in a batch only the newest version, one upsert a batch. Its table is in
the schema of the service whose log the benches write.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from gongkai.bench.events import LOG
from gongkai.contracts.envelope import Record
from gongkai.contracts.events import SecrecyReviewed, decode
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.projections import Projection
from gongkai.ledger.read import Connection
from gongkai.ledger.upsert import upsert
from gongkai.operate.databases.cluster import writer

SERVICE: Final = LOG.schema  # whose schema and roles the view uses
TABLE: Final = "bench_review"

_CREATE: Final = f"""
CREATE TABLE {TABLE} (
    document         text COLLATE "C" NOT NULL,
    digest           text COLLATE "C" NOT NULL,
    unit             text COLLATE "C" NOT NULL,
    requested        integer,
    requested_at     timestamptz,
    requested_event  uuid,
    reviewed         integer,
    reviewed_at      timestamptz,
    reviewed_by      text COLLATE "C",
    reviewed_event   uuid,
    opinion          text COLLATE "C",
    basis            text[],
    reason           text,
    PRIMARY KEY (document, digest)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {writer(SERVICE)};
"""
_CONFLICT: Final = (
    "ON CONFLICT (document, digest) DO UPDATE SET unit = excluded.unit, reviewed = excluded.reviewed,"
    " reviewed_at = excluded.reviewed_at, reviewed_by = excluded.reviewed_by, reviewed_event = excluded.reviewed_event,"
    " opinion = excluded.opinion, basis = excluded.basis, reason = excluded.reason"
    " WHERE excluded.reviewed > coalesce(known.reviewed, 0)"
)


class ReviewView:
    """The newest review of each document and digest, whatever order the events come in."""

    name = f"{SERVICE}.{TABLE}"
    tables: tuple[str, ...] = (TABLE,)
    version = 1
    compaction_keys: ClassVar[Mapping[str, Sequence[str]]] = {
        f"gongkai.{SecrecyReviewed.NAME}.v{SecrecyReviewed.VERSION}": ("document", "digest")
    }

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        rows: dict[tuple[str, str], Mapping[str, Any]] = {}
        for delivered in batch:
            if delivered.record.name != SecrecyReviewed.NAME:
                continue
            columns = _columns(decode(delivered.record), delivered.record)
            key = columns["document"], columns["digest"]
            known = rows.get(key)
            if known is None or columns["reviewed"] > known["reviewed"]:
                rows[key] = columns
        if rows:
            await upsert(conn, TABLE, list(rows.values()), _CONFLICT)


def _columns(event: Any, record: Record) -> Mapping[str, Any]:
    return {
        "document": event.document,
        "digest": event.digest,
        "unit": event.unit,
        "reviewed": record.streamversion,
        "reviewed_at": event.at,
        "reviewed_by": event.by,
        "reviewed_event": record.id,
        "opinion": event.opinion,
        "basis": event.basis,
        "reason": event.reason,
    }


VIEW: Final[Projection] = ReviewView()


async def create_table(owner: Connection) -> None:
    """`owner`: a connection as the owner of the service's schema."""
    await owner.execute(_CREATE)
