"""Projections: tables that are nothing but a fold of the log, so that they can be built again and compared."""

import asyncio
import gc
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from gongkai.contracts.envelope import Place, Record, read_record
from gongkai.ledger import read, rebuild_tables
from gongkai.ledger.compaction import condenser
from gongkai.ledger.delivery import Delivered, Key
from gongkai.ledger.read import Connection, LogId

BATCH = 5000  # records applied at a time

Understand = Callable[[Record], object]
Vector = Mapping[Key, int]  # per log and partition, the last position that counts


class Projection(Protocol):
    """`tables` are unqualified names; the search path decides whether they are the live ones or a rebuild's.

    `apply` gives the same tables for every order of events that Kafka can produce, and never reads the clock.
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None: ...


async def digest(conn: Connection, schema: str, projection: Projection) -> str:
    """SHA-256 over all rows of the projection's tables, whatever order they lie in."""
    total = hashlib.sha256()
    for table in projection.tables:
        row = await conn.fetchrow(
            "SELECT count(*) AS n, sha256(coalesce(string_agg(line, ''::bytea ORDER BY line), '')) AS lines"
            f" FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS line FROM \"{schema}\".{table} t) AS hashed"
        )
        total.update(f"{table}\0{row['n']}\0".encode() + row["lines"])
    return total.hexdigest()


async def followed(conn: Connection, subscription: str) -> dict[Key, int]:
    """How far a subscription is, in each log and partition that it follows."""
    rows = await conn.fetch(
        "SELECT log, partition, position FROM ledger.checkpoint WHERE subscription = $1", subscription
    )
    return {(row["log"], row["partition"]): row["position"] for row in rows}


async def position_at(conn: Connection, log: LogId, moment: datetime) -> int:
    """The last position that was committed by that moment; -1 when there was none."""
    low, high = -1, await read.size(conn, log) - 1
    while low < high:
        middle = (low + high + 1) // 2
        at = await conn.fetchval(
            f"SELECT committed_at FROM {log.schema}.log_entry WHERE log = $1 AND position = $2",
            log.name,
            middle,
        )
        low, high = (middle, high) if at <= moment else (low, middle - 1)
    return low


async def fold(
    reader: Connection,
    conn: Connection,
    projection: Projection,
    logs: Sequence[LogId],
    *,
    after: Vector | None = None,
    until: Vector | None = None,
    understand: Understand | None = None,
) -> None:
    """Apply what lies between, each record once, log by log in order. `until` None: all that there is.

    With a connection of its own for reading, three batches are under way: one is read, one decoded, one applied.

    A projection may have an attribute `condensed`: for some types of records, the fields of the data that name the row
    they set. Of those in a batch that set the same row, only the newest version of the stream is applied: nothing of
    the others would stay.

    `understand` raises for a record of a kind that nobody here may guess at; it is asked once about each kind.
    """
    known: set[str] = set()
    condense = condenser(getattr(projection, "condensed", {}))
    with _without_collector():
        async with _Applying(projection, conn, alone=reader is conn) as applying:
            for log in logs:
                low, high, start, end = _between(log, after or {}, until)
                unless_said = end if until is None else -1
                async for rows in _batches(reader, log, start, end, ahead=reader is not conn):
                    mine = (r for r in rows if low.get(r[1], -1) < r[0] <= high.get(r[1], unless_said))
                    batch = [
                        Delivered(Place(log.name, partition, position), committed_at, read_record(record))
                        for position, partition, record, committed_at in condense(mine)
                    ]
                    if understand is not None:
                        _ask(understand, batch, known)
                    await applying.begin(batch)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Records hold no cycles: the collector would look through them again and again in vain, a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Applying:
    """One batch at work in PostgreSQL, on another core, while the next one is decoded here. `alone`: no time for that,
    the connection is wanted for reading.
    """

    def __init__(self, projection: Projection, conn: Connection, *, alone: bool) -> None:
        self._projection, self._conn, self._alone = projection, conn, alone
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Applying":
        return self

    async def begin(self, batch: Sequence[Delivered]) -> None:
        """After the one before it is applied."""
        await self._done()
        if batch:
            self._task = asyncio.create_task(self._projection.apply(self._conn, batch))
            await (self._done() if self._alone else asyncio.sleep(0))  # until its statement is on its way

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self._done()
        elif self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _done(self) -> None:
        if self._task is not None:
            await self._task


def _ask(understand: Understand, batch: Sequence[Delivered], known: set[str]) -> None:
    for what in batch:
        if what.record.type not in known:
            understand(what.record)
            known.add(what.record.type)


def _between(
    log: LogId, after: Vector, until: Vector | None
) -> tuple[dict[int, int], dict[int, int], int, int]:
    """By partition, after which position and up to which one; and the same for all of them."""
    low = {partition: at for (name, partition), at in after.items() if name == log.name}
    if until is None:
        return low, {}, min(low.values(), default=-1), 2**62
    high = {partition: at for (name, partition), at in until.items() if name == log.name}
    open_to = [p for p, at in high.items() if at > low.get(p, -1)]
    start = min((low.get(p, -1) for p in open_to), default=-1)
    return low, high, start, max((high[p] for p in open_to), default=-1)


async def _batches(
    conn: Connection, log: LogId, start: int, end: int, *, ahead: bool
) -> AsyncIterator[list[Any]]:
    """Rows in order: position, partition, record, when it was committed."""

    async def some(position: int) -> list[Any]:
        rows: list[Any] = await conn.fetch(
            f"SELECT position, partition, record, committed_at FROM {log.schema}.log_entry"
            " WHERE log = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4",
            log.name,
            position,
            end,
            BATCH,
        )
        return rows

    if start >= end:
        return
    rows = await some(start)
    while rows:
        last = rows[-1][0]
        if ahead:
            coming = asyncio.create_task(some(last))
            try:
                yield rows
                rows = await coming
            finally:
                coming.cancel()
        else:
            yield rows
            rows = await some(last)


async def rebuild(
    conn: Connection,
    projection: Projection,
    logs: Sequence[LogId],
    *,
    live: str,
    into: str,
    until: Vector | None = None,
    reader: Connection | None = None,
    understand: Understand | None = None,
) -> None:
    """Build the projection again from nothing in the schema `into`, with tables like those in `live`."""
    await rebuild_tables.make(conn, projection.tables, live=live, into=into)
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{into}"')
        await fold(reader or conn, conn, projection, logs, until=until, understand=understand)
