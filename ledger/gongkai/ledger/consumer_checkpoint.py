"""How far a subscription has come, one row per partition; what stopped it there; and how it is told to go on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from gongkai.ledger import read
from gongkai.ledger.delivery import Delivered, Key
from gongkai.ledger.read import Connection, LogId


@dataclass(frozen=True, slots=True)
class Seen:
    """The last position that was applied (-1 = none), the event there, and why it went no further."""

    position: int
    event_id: UUID | None
    stopped: str | None


class Ahead(Exception):
    """A subscription has seen what its log doesn't have: the log was restored from an older backup."""


async def enter(conn: Connection, subscription: str, keys: Iterable[Key]) -> None:
    """Rows for partitions that it follows for the first time."""
    await conn.executemany(
        "INSERT INTO ledger.checkpoint (subscription, log, partition) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(subscription, *key) for key in keys],
    )


async def load(conn: Connection, subscription: str) -> dict[Key, Seen]:
    rows = await conn.fetch(
        "SELECT log, partition, position, event_id, stopped FROM ledger.checkpoint WHERE subscription = $1",
        subscription,
    )
    return {
        (row["log"], row["partition"]): Seen(row["position"], row["event_id"], row["stopped"]) for row in rows
    }


async def lock(conn: Connection, subscription: str, keys: Iterable[Key]) -> dict[Key, int]:
    """What is seen, by the database's word, until the transaction ends: a replica may have been quicker."""
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


async def move(conn: Connection, subscription: str, applied: Sequence[Delivered]) -> None:
    """Onto the last record of each partition; whatever stopped it is over."""
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


async def stop(conn: Connection, subscription: str, key: Key, why: str) -> None:
    await conn.execute(
        "UPDATE ledger.checkpoint SET stopped = $4, stopped_at = clock_timestamp()"
        " WHERE subscription = $1 AND log = $2 AND partition = $3",
        subscription,
        *key,
        why[:2000],
    )


async def resume(conn: Connection, subscription: str, key: Key) -> Seen | None:
    """Lift the stop: the subscription sees that within a second, and tries again. What it was; None: no such row."""
    before = (await load(conn, subscription)).get(key)
    await conn.execute(
        "UPDATE ledger.checkpoint SET stopped = NULL, stopped_at = NULL"
        " WHERE subscription = $1 AND log = $2 AND partition = $3",
        subscription,
        *key,
    )
    return before


async def ahead(conn: Connection, logs: Sequence[LogId], seen: Mapping[Key, Seen]) -> dict[Key, Ahead]:
    """The partitions in which something was seen that isn't in the log, each with what to tell an operator."""
    found: dict[Key, Ahead] = {}
    for log in logs:
        mine = {key: at for key, at in seen.items() if key[0] == log.name and at.position >= 0}
        there = {
            row["position"]: row["event_id"]
            for row in await conn.fetch(
                f"SELECT position, event_id FROM {log.schema}.log_entry WHERE log = $1 AND position = ANY($2)",
                log.name,
                [at.position for at in mine.values()],
            )
        }
        size = await read.size(conn, log)
        for (name, partition), at in mine.items():
            place = f"{name}/{partition}/{at.position}"
            if at.position not in there:
                found[name, partition] = Ahead(
                    f"已处理到 {place}，而日志只有 {size} 条：日志是从旧备份恢复的，请恢复较新的备份 / has seen {place}, "
                    f"but the log has {size} entries: it was restored from an older backup; restore a newer one"
                )
            elif at.event_id is not None and at.event_id != there[at.position]:
                found[name, partition] = Ahead(
                    f"{place} 处的事件已不是处理过的那一个：日志是从旧备份恢复后另行写入的 / another event stands at "
                    f"{place} than the one applied: the log was restored from an older backup and written to since"
                )
    return found
