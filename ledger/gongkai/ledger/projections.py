"""Projections: tables computed by folding the log, so that they can be rebuilt from it and compared with the live ones."""

import asyncio
import gc
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from gongkai.contracts.envelope import Place, Record, read_record
from gongkai.ledger import read, rebuild_tables
from gongkai.ledger.compaction import compactor
from gongkai.ledger.delivery import Delivered, LogPartition
from gongkai.ledger.read import Connection, LogId, Session

BATCH = 5000  # records applied at a time

CheckType = Callable[[Record], object]  # raises for a record of a type that this program doesn't know
Vector = Mapping[LogPartition, int]  # per log and partition, the last position included


class Projection(Protocol):
    """`tables` are unqualified names; the search path decides whether they are the live ones or a rebuild's. `version`: the
    number of its fold, raised when the same records give other rows (`projection_version`).

    `apply` results in the same rows for every order of events that Kafka can produce, and never reads the clock.
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    @property
    def version(self) -> int: ...

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None: ...


async def digest(conn: Connection, schema: str, projection: Projection) -> str:
    """SHA-256 (hex) over all rows of the projection's tables, independent of their order."""
    total = hashlib.sha256()
    for table in projection.tables:
        row = await conn.fetchrow(
            "SELECT count(*) AS n, sha256(coalesce(string_agg(line, ''::bytea ORDER BY line), '')) AS lines"
            f" FROM (SELECT sha256(convert_to(t::text, 'UTF8')) AS line FROM \"{schema}\".{table} t) AS hashed"
        )
        total.update(f"{table}\0{row['n']}\0".encode() + row["lines"])
    return total.hexdigest()


async def subscription_positions(conn: Connection, subscription: str) -> dict[LogPartition, int]:
    """The subscription's checkpoint in each log and partition that it follows."""
    rows = await conn.fetch(
        "SELECT log, partition, position FROM ledger.checkpoint WHERE subscription = $1", subscription
    )
    return {(row["log"], row["partition"]): row["position"] for row in rows}


async def position_at(conn: Connection, log: LogId, moment: datetime) -> int:
    """The last position committed at or before that moment; -1 when there is none."""
    lower, upper = -1, await read.size(conn, log) - 1
    while lower < upper:
        middle = (lower + upper + 1) // 2
        at = await conn.fetchval(
            f"SELECT committed_at FROM {log.schema}.log_entry WHERE log = $1 AND position = $2",
            log.name,
            middle,
        )
        lower, upper = (middle, upper) if at <= moment else (lower, middle - 1)
    return lower


async def fold(
    reader: Connection,
    conn: Connection,
    projection: Projection,
    logs: Sequence[LogId],
    *,
    after: Vector | None = None,
    until: Vector | None = None,
    check_type: CheckType | None = None,
) -> None:
    """Apply the records after `after` and up to `until`, each once, log by log in order. `until` None: to the end.

    With a `reader` other than `conn`, three batches are processed at a time: one is read, one decoded, one applied.

    A projection may have an attribute `compaction_keys`: by record type, the fields of the data that are the key of the
    row it sets. Of the records in a batch that set the same row, only the newest stream version is applied.

    `check_type` is called once for each record type.
    """
    known: set[str] = set()
    compact = compactor(getattr(projection, "compaction_keys", {}))
    with _gc_disabled():
        async with _Applying(projection, conn, alone=reader is conn) as applying:
            for log in logs:
                lower, upper, start, end = _ranges(log, after or {}, until)
                default_upper = end if until is None else -1
                async for rows in _row_batches(reader, log, start, end, read_ahead=reader is not conn):
                    selected = (
                        r for r in rows if lower.get(r[1], -1) < r[0] <= upper.get(r[1], default_upper)
                    )
                    batch = [
                        Delivered(Place(log.name, partition, position), committed_at, read_record(record))
                        for position, partition, record, committed_at in compact(selected)
                    ]
                    if check_type is not None:
                        _check_types(check_type, batch, known)
                    await applying.begin(batch)


@contextmanager
def _gc_disabled() -> Iterator[None]:
    """Records hold no reference cycles, so collecting garbage finds nothing, and took a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Applying:
    """Applies one batch in PostgreSQL while the next one is decoded here. `alone`: waits for each batch, because the same
    connection is needed for reading.
    """

    def __init__(self, projection: Projection, conn: Connection, *, alone: bool) -> None:
        self._projection, self._conn, self._alone = projection, conn, alone
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Applying":
        return self

    async def begin(self, batch: Sequence[Delivered]) -> None:
        """Start to apply the batch, once the one before it is applied."""
        await self._done()
        if batch:
            self._task = asyncio.create_task(self._projection.apply(self._conn, batch))
            await (self._done() if self._alone else asyncio.sleep(0))  # so that its first statement is sent

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self._done()
        elif self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _done(self) -> None:
        if self._task is not None:
            await self._task


def _check_types(check_type: CheckType, batch: Sequence[Delivered], known: set[str]) -> None:
    for what in batch:
        if what.record.type not in known:
            check_type(what.record)
            known.add(what.record.type)


def _ranges(
    log: LogId, after: Vector, until: Vector | None
) -> tuple[dict[int, int], dict[int, int], int, int]:
    """By partition, the positions after which and up to which to read; and the lowest and highest of these."""
    lower = {partition: at for (name, partition), at in after.items() if name == log.name}
    if until is None:
        return lower, {}, min(lower.values(), default=-1), 2**62
    upper = {partition: at for (name, partition), at in until.items() if name == log.name}
    open_to = [p for p, at in upper.items() if at > lower.get(p, -1)]
    start = min((lower.get(p, -1) for p in open_to), default=-1)
    return lower, upper, start, max((upper[p] for p in open_to), default=-1)


async def _row_batches(
    conn: Connection, log: LogId, start: int, end: int, *, read_ahead: bool
) -> AsyncIterator[list[Any]]:
    """Rows in order: position, partition, record, committed_at. `read_ahead`: fetch the next batch while one is processed."""

    async def read_batch(position: int) -> list[Any]:
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
    rows = await read_batch(start)
    while rows:
        last = rows[-1][0]
        if read_ahead:
            next_rows = asyncio.create_task(read_batch(last))
            try:
                yield rows
                rows = await next_rows
            finally:
                next_rows.cancel()
        else:
            yield rows
            rows = await read_batch(last)


async def rebuild(
    conn: Session,
    projection: Projection,
    logs: Sequence[LogId],
    *,
    live: str,
    into: str,
    until: Vector | None = None,
    reader: Connection | None = None,
    check_type: CheckType | None = None,
) -> None:
    """Fold the projection from the beginning into new tables in the schema `into`, like those in `live`."""
    await rebuild_tables.create_copies(conn, projection.tables, live=live, into=into)
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{into}"')
        await fold(reader or conn, conn, projection, logs, until=until, check_type=check_type)
