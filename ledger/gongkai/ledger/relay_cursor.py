"""The relay's own notes: how far it has sent, what it knows of the broker, and why it stands still if it does."""

from dataclasses import dataclass

from gongkai.ledger.read import Connection, LogId
from gongkai.ledger.relay_checks import other_partitions


@dataclass(slots=True)
class Cursor:
    """How far was sent; per partition the last position sent, and the offset after it (-1 = nothing sent)."""

    sent: int
    last: list[int]
    offsets: list[int]


async def load(conn: Connection, log: LogId, partitions: int) -> Cursor:
    """Raises Halted when the log was sent to another number of partitions before."""
    row = await conn.fetchrow(
        f"SELECT sent, last, offsets FROM {log.schema}.log_relay WHERE log = $1", log.name
    )
    if row is None or not row["last"]:
        return Cursor(-1, [-1] * partitions, [0] * partitions)
    if (before := len(row["last"])) != partitions:
        raise other_partitions(f"日志 {log.name}", f"log {log.name}", before, partitions)
    return Cursor(row["sent"], list(row["last"]), list(row["offsets"]))


async def keep(conn: Connection, log: LogId, cursor: Cursor) -> None:
    """After the broker's acknowledgement, never before it."""
    await conn.execute(
        f"INSERT INTO {log.schema}.log_relay (log, sent, last, offsets) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (log) DO UPDATE SET sent = excluded.sent, last = excluded.last, offsets = excluded.offsets",
        log.name,
        cursor.sent,
        cursor.last,
        cursor.offsets,
    )


async def note(conn: Connection, log: LogId, halted: str | None) -> None:
    """Why it stands still, for whoever looks; None when it goes on."""
    await conn.execute(
        f"INSERT INTO {log.schema}.log_relay (log, last, offsets, halted) VALUES ($1, '{{}}', '{{}}', $2)"
        " ON CONFLICT (log) DO UPDATE SET halted = excluded.halted"
        " WHERE log_relay.halted IS DISTINCT FROM excluded.halted",
        log.name,
        halted,
    )
