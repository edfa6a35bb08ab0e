"""Folding timers again: when what due moments are computed with has changed, and for a kind that is being caught up.

Stream by stream, in batches: each holds the subscription for a moment only, and what was done stays done when the process
ends. Timers aren't issued meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import structlog

from gongkai.ledger import consumer_checkpoint, read
from gongkai.ledger.delivery import Delivered, LogPartition
from gongkai.ledger.failpoint import reach
from gongkai.ledger.read import Connection, Entry, LogId, Pool
from gongkai.ledger.timers import Deadlines, Due, computed_with

BATCH = 500  # entries of the log at a time

_log = structlog.get_logger(__name__)

StreamTimer = tuple[str, str]  # kind and stream


async def refold(
    pool: Pool, subscription: str, logs: Sequence[LogId], partitions: int, deadlines: Deadlines
) -> int | None:
    """Fold all timers again if their basis has changed. Number of timers that moved, came or went; None: same basis.

    A timer that has fired and is in the new fold as well stays fired: its command's events are in the log. Of several
    replicas each does some batches.
    """
    if await computed_with(pool) == deadlines.basis and not await _is_unfinished(pool):
        return None
    moved: set[StreamTimer] = set()
    for log in logs:
        while (some := await _refold_batch(pool, subscription, log, partitions, deadlines)) is not None:
            moved |= some
            reach("timers.refolded")
    async with pool.acquire() as conn, conn.transaction():
        gone = await conn.fetch(
            "DELETE FROM timer WHERE kind <> ALL ($1) RETURNING kind, stream", list(deadlines.kinds)
        )
        await conn.execute(
            "INSERT INTO timer_basis (basis) VALUES ($1) ON CONFLICT (one) DO UPDATE SET basis = excluded.basis",
            deadlines.basis,
        )
        await conn.execute("DELETE FROM timer_refold")  # who folds with another basis meanwhile begins again
    moved |= {(row["kind"], row["stream"]) for row in gone}
    _log.info("timers folded again", subscription=subscription, basis=deadlines.basis, moved=len(moved))
    return len(moved)


async def _is_unfinished(conn: Connection) -> bool:
    """Whether a process ended while it folded timers with another basis: some of them are computed with that."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM timer_refold)"))


async def _refold_batch(
    pool: Pool, subscription: str, log: LogId, partitions: int, deadlines: Deadlines
) -> set[StreamTimer] | None:
    """The timers of the streams that are opened in the next batch of the log. None: the log is at its end."""
    async with pool.acquire() as conn, conn.transaction():
        basis = deadlines.basis
        await conn.execute(
            "INSERT INTO timer_refold (log, basis, position) VALUES ($1, $2, -1) ON CONFLICT DO NOTHING",
            log.name,
            basis,
        )
        at = await conn.fetchval(
            "SELECT position FROM timer_refold WHERE log = $1 AND basis = $2 FOR UPDATE", log.name, basis
        )
        entries = await read.after(conn, log, at, BATCH)
        if not entries:
            return None
        moved = await refold_opened(conn, subscription, log, entries, deadlines, partitions=partitions)
        await conn.execute(
            "UPDATE timer_refold SET position = $3 WHERE log = $1 AND basis = $2",
            log.name,
            basis,
            entries[-1].place.position,
        )
        return moved


async def refold_opened(
    conn: Connection,
    subscription: str,
    log: LogId,
    entries: Sequence[Entry],
    deadlines: Deadlines,
    *,
    partitions: int,
) -> set[StreamTimer]:
    """Fold the timers of the streams again that one of these entries opens, from all that the subscription has seen.

    Holds the subscription on this log until the transaction ends. Returns those that moved, came or went.
    """
    seen = await consumer_checkpoint.lock_positions(
        conn, subscription, [(log.name, partition) for partition in range(partitions)]
    )
    opened = {e.stream for e in entries if _is_seen(e, seen) and deadlines.opens(e.record)}
    if not opened:
        return set()
    before = await _timers(conn, opened)
    await conn.execute("DELETE FROM timer WHERE stream = ANY ($1)", list(opened))
    stored = await read.streams(conn, log, opened)
    known = [e for stream in stored.values() for e in stream if _is_seen(e, seen)]
    await deadlines.apply(conn, [Delivered.of(entry) for entry in known])
    after = await _timers(conn, opened)
    await conn.executemany(
        "UPDATE timer SET fired = true WHERE kind = $1 AND stream = $2 AND due_at = $3",
        [(due.kind, due.stream, due.at) for due, fired in before.items() if fired and due in after],
    )
    return {(due.kind, due.stream) for due in before.keys() ^ after.keys()}


def _is_seen(entry: Entry, seen: dict[LogPartition, int]) -> bool:
    return entry.place.position <= seen[entry.place.log, entry.place.partition]


async def _timers(conn: Connection, streams: Collection[str]) -> dict[Due, bool]:
    rows = await conn.fetch(
        "SELECT kind, stream, due_at, fired FROM timer WHERE stream = ANY ($1)", list(streams)
    )
    return {Due(row["kind"], row["stream"], row["due_at"]): row["fired"] for row in rows}


@dataclass(slots=True)
class Refolding:
    """Folds a service's timers again when it starts, and whenever the basis of its deadlines has changed."""

    pool: Pool
    subscription: str
    logs: Sequence[LogId]
    partitions: int
    deadlines: Deadlines
    _basis: str | None = None

    async def __call__(self) -> None:
        basis = self.deadlines.basis
        if basis != self._basis:
            await refold(self.pool, self.subscription, self.logs, self.partitions, self.deadlines)
            self._basis = basis
