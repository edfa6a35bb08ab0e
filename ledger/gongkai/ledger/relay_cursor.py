"""The relay's stored progress: how far a log was sent to Kafka, the broker's offsets, and why the relay is halted."""

from dataclasses import dataclass

from gongkai.ledger.read import Connection, LogId
from gongkai.ledger.relay_checks import wrong_partition_count


@dataclass(slots=True)
class RelayCursor:
    """The last position sent; per partition the last position sent and the next offset (-1 = nothing sent)."""

    sent: int
    last: list[int]
    offsets: list[int]


async def load(conn: Connection, log: LogId, partitions: int) -> RelayCursor:
    """The stored cursor. Raises RelayHalted when the log was sent to another number of partitions before."""
    row = await conn.fetchrow(
        f"SELECT sent, last, offsets FROM {log.schema}.log_relay WHERE log = $1", log.name
    )
    if row is None or not row["last"]:
        return RelayCursor(-1, [-1] * partitions, [0] * partitions)
    if (before := len(row["last"])) != partitions:
        raise wrong_partition_count(f"日志 {log.name}", f"log {log.name}", before, partitions)
    return RelayCursor(row["sent"], list(row["last"]), list(row["offsets"]))


async def save(conn: Connection, log: LogId, cursor: RelayCursor) -> None:
    """Store the cursor. Only after the broker's acknowledgement."""
    await conn.execute(
        f"INSERT INTO {log.schema}.log_relay (log, sent, last, offsets) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (log) DO UPDATE SET sent = excluded.sent, last = excluded.last, offsets = excluded.offsets",
        log.name,
        cursor.sent,
        cursor.last,
        cursor.offsets,
    )


async def save_halted(conn: Connection, log: LogId, halted: str | None) -> None:
    """Store for operators why the relay is halted; None: it is running."""
    await conn.execute(
        f"INSERT INTO {log.schema}.log_relay (log, last, offsets, halted) VALUES ($1, '{{}}', '{{}}', $2)"
        " ON CONFLICT (log) DO UPDATE SET halted = excluded.halted"
        " WHERE log_relay.halted IS DISTINCT FROM excluded.halted",
        log.name,
        halted,
    )
