"""进度查询: the projection from the receipt that an applicant quotes to the application."""

from collections.abc import Sequence

from gongkai.contracts.events import ApplicationReceived, decode_if
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection


class Receipts:
    name = "intake.receipt"
    tables = ("receipt",)
    version = 1

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        rows = [
            (event.receipt, event.application, event.code_digest)
            for what in batch
            if (event := decode_if(what.record, ApplicationReceived)) is not None
        ]
        if rows:
            await conn.executemany("INSERT INTO receipt VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", rows)
