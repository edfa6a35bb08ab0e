"""Projections: tables that are nothing but a fold of the log, so that they can be built again and compared."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol

from pydantic_core import from_json

from gongkai.contracts.envelope import Place, read_record
from gongkai.ledger import beside, read
from gongkai.ledger.arrival import Delivered, Key
from gongkai.ledger.read import Connection, LogId

BATCH = 10_000  # records applied at a time

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
) -> None:
    """Apply what lies between, each record once, log by log in order. `until` None: all that there is.

    With a connection of its own for reading, the next batch comes while one is applied. A projection may have an
    attribute `condensed`: for some types of records, the fields of the data that name the row they set. Of those in a
    batch that set the same row, only the newest version of the stream is applied: nothing of the others would stay.
    """
    condensed: Mapping[str, Sequence[str]] = getattr(projection, "condensed", {})
    for log in logs:
        low, high, start, end = _between(log, after or {}, until)
        unless_said = end if until is None else -1
        if start < end:
            async for rows in _batches(reader, log, start, end, ahead=reader is not conn):
                mine = [row for row in rows if low.get(row[0], -1) < row[1] <= high.get(row[0], unless_said)]
                batch = [
                    Delivered(Place(log.name, partition, position), committed_at, read_record(record), trace)
                    for partition, position, committed_at, record, trace in _condensed(mine, condensed)
                ]
                if batch:
                    await projection.apply(conn, batch)


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


def _condensed(rows: list[Any], fields: Mapping[str, Sequence[str]]) -> Iterable[Any]:
    if not fields:
        return rows
    newest: dict[Hashable, tuple[int, Any]] = {}
    for row in rows:
        head = from_json(row[3])
        key: Hashable = row[1]  # by itself
        if (named := fields.get(head["type"])) is not None:
            data = head["data"]
            key = (head["type"], *(data[name] for name in named))
        version = head["streamversion"]
        known = newest.get(key)
        if known is None or version > known[0]:
            newest[key] = (version, row)
    return sorted((row for _, row in newest.values()), key=itemgetter(1))


async def _batches(
    conn: Connection, log: LogId, start: int, end: int, *, ahead: bool
) -> AsyncIterator[list[Any]]:
    """Rows in order: partition, position, when it was committed, record, trace."""

    async def some(position: int) -> list[Any]:
        rows: list[Any] = await conn.fetch(
            f"SELECT partition, position, committed_at, record, trace FROM {log.schema}.log_entry"
            " WHERE log = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4",
            log.name,
            position,
            end,
            BATCH,
        )
        return rows

    rows = await some(start)
    while rows:
        last = rows[-1]["position"]
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
) -> None:
    """Build the projection again from nothing in the schema `into`, with tables like those in `live`."""
    await beside.make(conn, projection.tables, live=live, into=into)
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{into}"')
        await fold(reader or conn, conn, projection, logs, until=until)
