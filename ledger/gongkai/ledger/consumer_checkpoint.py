"""The checkpoint of a Kafka consumer group (a subscription): per log and partition, the last position applied.

Kept in the table `ledger.checkpoint` and advanced in the transaction of the effects; Kafka's own offsets only save
reading again. A checkpoint also holds why its partition was stopped. Signed checkpoints are in `tlog_checkpoint`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from gongkai.ledger import read
from gongkai.ledger.delivery import Delivered, LogPartition
from gongkai.ledger.read import Connection, LogId


@dataclass(frozen=True, slots=True)
class ConsumerCheckpoint:
    """The last position applied (-1 = none), the id of the event there, and why the partition is stopped (None: it isn't)."""

    position: int
    event_id: UUID | None
    stopped: str | None


class ConsumerAheadOfLog(Exception):
    """A checkpoint is beyond the log's head, or at another event: the log was restored from an older backup."""


async def insert_missing(conn: Connection, subscription: str, keys: Iterable[LogPartition]) -> None:
    """Insert checkpoints at -1 for partitions that the subscription has none for."""
    await conn.executemany(
        "INSERT INTO ledger.checkpoint (subscription, log, partition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(subscription, *key) for key in keys],
    )


async def load(conn: Connection, subscription: str) -> dict[LogPartition, ConsumerCheckpoint]:
    """All checkpoints of the subscription."""
    rows = await conn.fetch(
        "SELECT log, partition, position, event_id, stopped FROM ledger.checkpoint WHERE subscription = $1",
        subscription,
    )
    return {
        (row["log"], row["partition"]): ConsumerCheckpoint(row["position"], row["event_id"], row["stopped"])
        for row in rows
    }


async def lock_positions(
    conn: Connection, subscription: str, keys: Iterable[LogPartition]
) -> dict[LogPartition, int]:
    """Lock the checkpoints until the transaction ends. Their positions, which another replica may have advanced."""
    logs, partitions = zip(*keys, strict=True)
    rows = await conn.fetch(
        "SELECT log, partition, position FROM ledger.checkpoint"
        " WHERE subscription = $1 AND (log, partition) IN (SELECT * FROM unnest($2::text[], $3::smallint[]))"
        " ORDER BY log, partition FOR UPDATE",
        subscription,
        list(logs),
        list(partitions),
    )
    return {(row["log"], row["partition"]): row["position"] for row in rows}


async def advance(conn: Connection, subscription: str, applied: Sequence[Delivered]) -> None:
    """Set each partition's checkpoint to its last applied record, and clear the stop."""
    last = {what.key: what for what in applied}
    await conn.execute(
        "UPDATE ledger.checkpoint c SET position = m.position, event_id = m.event_id, stopped = NULL, stopped_at = NULL"
        " FROM unnest($2::text[], $3::smallint[], $4::bigint[], $5::uuid[]) AS m(log, partition, position, event_id)"
        " WHERE c.subscription = $1 AND c.log = m.log AND c.partition = m.partition",
        subscription,
        [log for log, _ in last],
        [partition for _, partition in last],
        [what.place.position for what in last.values()],
        [what.record.id for what in last.values()],
    )


async def mark_stopped(conn: Connection, subscription: str, key: LogPartition, why: str) -> None:
    """Store why the partition doesn't go on (the first 2,000 characters)."""
    await conn.execute(
        "UPDATE ledger.checkpoint SET stopped = $4, stopped_at = clock_timestamp()"
        " WHERE subscription = $1 AND log = $2 AND partition = $3",
        subscription,
        *key,
        why[:2000],
    )


async def resume(conn: Connection, subscription: str, key: LogPartition) -> ConsumerCheckpoint | None:
    """Clear the stop; the running subscription notices within a second and retries.

    Returns the checkpoint before that; None when there is none.
    """
    before = (await load(conn, subscription)).get(key)
    await conn.execute(
        "UPDATE ledger.checkpoint SET stopped = NULL, stopped_at = NULL"
        " WHERE subscription = $1 AND log = $2 AND partition = $3",
        subscription,
        *key,
    )
    return before


async def find_ahead_of_log(
    conn: Connection, logs: Sequence[LogId], seen: Mapping[LogPartition, ConsumerCheckpoint]
) -> dict[LogPartition, ConsumerAheadOfLog]:
    """The partitions whose checkpoint isn't in the log, each with a message for the operator."""
    found: dict[LogPartition, ConsumerAheadOfLog] = {}
    for log in logs:
        checkpoints = {key: at for key, at in seen.items() if key[0] == log.name and at.position >= 0}
        event_ids = {
            row["position"]: row["event_id"]
            for row in await conn.fetch(
                f"SELECT position, event_id FROM {log.schema}.log_entry WHERE log = $1 AND position = ANY($2)",
                log.name,
                [at.position for at in checkpoints.values()],
            )
        }
        size = await read.size(conn, log)
        for (name, partition), at in checkpoints.items():
            place = f"{name}/{partition}/{at.position}"
            if at.position not in event_ids:
                found[name, partition] = ConsumerAheadOfLog(
                    f"已处理到 {place}，而日志只有 {size} 条：日志是从旧备份恢复的，请恢复较新的备份 / has seen {place}, "
                    f"but the log has {size} entries: it was restored from an older backup; restore a newer one"
                )
            elif at.event_id is not None and at.event_id != event_ids[at.position]:
                found[name, partition] = ConsumerAheadOfLog(
                    f"{place} 处的事件已不是处理过的那一个：日志是从旧备份恢复后另行写入的 / another event stands at "
                    f"{place} than the one applied: the log was restored from an older backup and written to since"
                )
    return found
