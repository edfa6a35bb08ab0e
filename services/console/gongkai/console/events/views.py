"""The audit trail (GT-supervise): one row for every event of every log, in one sentence of both languages."""

from collections.abc import Sequence
from typing import Any

from gongkai.contracts.events import decode
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.upsert import upsert
from gongkai.rules.basis import basis

_COLUMNS = (
    "event_id",
    "log",
    "stream",
    "version",
    "name",
    "at",
    "by",
    "unit",
    "other_unit",
    "document",
    "application",
    "case_of",
    "clause",
    "zh",
    "en",
    "note",
    "mood",
)


class AuditTrail:
    """Projection `console.event`."""

    name = "console.event"
    tables: tuple[str, ...] = ("event",)
    version = 1

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        rows = [dict(zip(_COLUMNS, row_of(delivered), strict=True)) for delivered in batch]
        await upsert(conn, "event", rows, "ON CONFLICT (event_id) DO NOTHING")


def row_of(delivered: Delivered) -> list[Any]:
    """The row of one record, in the order of the columns."""
    record, event = delivered.record, decode(delivered.record)
    sentence = event.describe()
    case = getattr(event, "case", None)
    application = getattr(event, "application", None)
    if application is None and case is not None and case.startswith("application-"):
        application = case.removeprefix("application-")
    return [
        record.id,
        delivered.place.log,
        record.subject,
        record.streamversion,
        record.name,
        event.at,
        event.by,
        getattr(event, "unit", None),  # a holiday notice is no unit's
        getattr(event, "asked", None),
        getattr(event, "document", None),
        application,
        case,
        basis(event),
        sentence.zh,
        sentence.en,
        sentence.note,
        sentence.mood,
    ]
