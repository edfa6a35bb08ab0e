"""The docket of each document, for the page that shows what is still missing (WY-B.3, WY-B.4, LS-10b). Nothing is decided
from it: that is what review's permit is for."""

from collections.abc import Sequence

from gongkai.contracts.envelope import read_record
from gongkai.contracts.events import DocumentPublished, EventRef, decode, decode_if
from gongkai.contracts.register import Register
from gongkai.ledger import blobs
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.rules.release.docket import CONCERNS, docket_of
from gongkai.rules.release.gate import Docket

_PLACES = {"cause", "registerat"}  # positions differ from run to run; what happened doesn't


class Dockets:
    name = "publishing.docket"
    tables = ("docket",)
    version = 1

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        rows = [
            (
                what.record.id,
                event.document,
                what.place.log,
                what.record.model_dump_json(exclude=_PLACES, exclude_none=True).encode(),
            )
            for what in batch
            if isinstance(event := decode(what.record), CONCERNS)
        ]
        if rows:
            await conn.executemany("INSERT INTO docket VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", rows)


class ReleasedTexts:
    """What is published is marked as released in the content store, in the transaction that says so."""

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if (event := decode_if(what.record, DocumentPublished)) is not None:
                await blobs.release(conn, event.digest)


async def docket(conn: Connection, document: str, register: Register) -> Docket | None:
    """The docket of the newest version; None: no draft was seen."""
    rows = await conn.fetch("SELECT log, record FROM docket WHERE document = $1", document)
    seen = sorted(
        ((row["log"], read_record(row["record"])) for row in rows), key=lambda pair: pair[1].streamversion
    )
    return docket_of([(decode(record), EventRef.of(log, record)) for log, record in seen], register)
