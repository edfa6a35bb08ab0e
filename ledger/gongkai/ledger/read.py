"""Reading a log from PostgreSQL: by stream, by position, by partition."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from gongkai.contracts.envelope import Place, Record, read_record


class Connection(Protocol):
    """What runs SQL, as asyncpg does it: one connection, or a pool, which takes any of its connections for each query."""

    async def fetch(self, query: str, /, *args: Any) -> list[Any]: ...
    async def fetchrow(self, query: str, /, *args: Any) -> Any: ...
    async def fetchval(self, query: str, /, *args: Any) -> Any: ...
    async def execute(self, query: str, /, *args: Any) -> str: ...
    async def executemany(self, query: str, /, args: Iterable[Sequence[Any]]) -> None: ...


class Session(Connection, Protocol):
    """One connection. What is done within `transaction()` is done together; within another one it is a savepoint."""

    def transaction(self) -> AbstractAsyncContextManager[object]: ...
    def is_closed(self) -> bool: ...


class Pool(Connection, Protocol):
    def acquire(self) -> AbstractAsyncContextManager[Session]: ...
    async def close(self) -> None: ...
    def terminate(self) -> None: ...


# Raised when the database is unreachable, or the connection breaks during a query. asyncpg also raises InterfaceError for
# a value that it can't encode: see `cant_be_stored`.
DISCONNECTED: Final[tuple[type[Exception], ...]] = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # sometimes raised when the connection breaks
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)


def cant_be_stored(error: Exception) -> bool:
    """Whether the error is about the values to be stored, not about the database."""
    return isinstance(error, asyncpg.DataError) or (
        isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError)
    )


@dataclass(frozen=True, slots=True)
class LogId:
    """A log's name, and the schema of its tables."""

    name: str
    schema: str

    @property
    def channel(self) -> str:
        """The channel on which PostgreSQL notifies of appends."""
        return f"gongkai.log.{self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with its columns in the log. `raw` is the record as stored, byte for byte."""

    place: Place
    stream: str
    version: int
    event_id: UUID
    committed_at: datetime
    raw: bytes
    trace: str | None

    @property
    def record(self) -> Record:
        return read_record(self.raw)


@dataclass(frozen=True, slots=True)
class EntryHash:
    """The leaf hash of the entry at a position, against which its bytes can be checked."""

    position: int
    leaf: bytes
    committed_at: datetime
    trace: str | None


_COLUMNS = "log, partition, position, stream, version, event_id, committed_at, record, trace"


def _entry(row: Any) -> Entry:
    return Entry(
        Place(row["log"], row["partition"], row["position"]),
        row["stream"],
        row["version"],
        row["event_id"],
        row["committed_at"],
        row["record"],
        row["trace"],
    )


async def size(conn: Connection, log: LogId) -> int:
    """How many entries the log has; also the next position."""
    return await conn.fetchval(f"SELECT size FROM {log.schema}.log_head WHERE log = $1", log.name) or 0


async def stream(conn: Connection, log: LogId, name: str) -> list[Entry]:
    """All entries of one stream, oldest first."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM {log.schema}.log_entry WHERE log = $1 AND stream = $2 ORDER BY version",
        log.name,
        name,
    )
    return [_entry(row) for row in rows]


async def streams(conn: Connection, log: LogId, names: Collection[str]) -> dict[str, list[Entry]]:
    """All entries of these streams, oldest first; no key for a stream that doesn't exist."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM {log.schema}.log_entry"
        " WHERE log = $1 AND stream = ANY($2) ORDER BY stream, version",
        log.name,
        list(names),
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        found.setdefault(row["stream"], []).append(_entry(row))
    return found


async def after(conn: Connection, log: LogId, position: int, limit: int = 1000) -> list[Entry]:
    """Entries after a position (-1 = from the first), in order, at most `limit`."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM {log.schema}.log_entry"
        " WHERE log = $1 AND position > $2 ORDER BY position LIMIT $3",
        log.name,
        position,
        limit,
    )
    return [_entry(row) for row in rows]


# The columns of an entry that are sent to Kafka: position, partition, stream, committed_at, record, trace.
RelayRow = tuple[int, int, str, datetime, bytes, str | None]


async def relay_rows_after(conn: Connection, log: LogId, position: int, limit: int) -> list[RelayRow]:
    """As `after`, only the columns that are sent to Kafka, not made into an Entry: this is the relay's inner loop."""
    rows: list[RelayRow] = await conn.fetch(
        f"SELECT position, partition, stream, committed_at, record, trace FROM {log.schema}.log_entry"
        " WHERE log = $1 AND position > $2 ORDER BY position LIMIT $3",
        log.name,
        position,
        limit,
    )
    return rows


async def partition_after(
    conn: Connection, log: LogId, partition: int, position: int, limit: int = 500
) -> list[Entry]:
    """Entries of one partition after a position, in order, at most `limit`."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM {log.schema}.log_entry"
        " WHERE log = $1 AND partition = $2 AND position > $3 ORDER BY position LIMIT $4",
        log.name,
        partition,
        position,
        limit,
    )
    return [_entry(row) for row in rows]


async def entry_hashes(
    conn: Connection, log: LogId, spans: Mapping[int, tuple[int, int]], limit: int
) -> dict[int, list[EntryHash]]:
    """By partition, the hashes of its entries after the first and up to the second position of its span, at most `limit` each."""
    rows = await conn.fetch(
        "SELECT k.partition, e.* FROM unnest($2::smallint[], $3::bigint[], $4::bigint[]) AS k(partition, seen, until),"
        f" LATERAL (SELECT position, leaf, committed_at, trace FROM {log.schema}.log_entry e WHERE e.log = $1"
        "  AND e.partition = k.partition AND e.position > k.seen AND e.position <= k.until"
        "  ORDER BY e.position LIMIT $5) e",
        log.name,
        list(spans),
        [seen for seen, _ in spans.values()],
        [until for _, until in spans.values()],
        limit,
    )
    found: dict[int, list[EntryHash]] = {}
    for partition, *mark in rows:
        found.setdefault(partition, []).append(EntryHash(*mark))
    return found


async def streams_with_prefix(
    conn: Connection, log: LogId, prefixes: str | Sequence[str], position: int
) -> list[Entry]:
    """Entries after a position in the streams whose name starts with one of `prefixes`, in order of position."""
    starts = (prefixes,) if isinstance(prefixes, str) else tuple(prefixes)
    ranges = " OR ".join(f"stream >= ${3 + 2 * n} AND stream < ${4 + 2 * n}" for n in range(len(starts)))
    ends = [each for start in starts for each in (start, start[:-1] + chr(ord(start[-1]) + 1))]
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM {log.schema}.log_entry"
        f" WHERE log = $1 AND position > $2 AND ({ranges}) ORDER BY position",
        log.name,
        position,
        *ends,
    )
    return [_entry(row) for row in rows]


async def by_event_id(conn: Connection, log: LogId, event_ids: Sequence[UUID]) -> list[Entry]:
    """The entries with these event ids, in order of position; nothing for an id that isn't there."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM {log.schema}.log_entry WHERE event_id = ANY($1) AND log = $2 ORDER BY position",
        list(event_ids),
        log.name,
    )
    return [_entry(row) for row in rows]


async def all_entries(conn: Connection, log: LogId, batch: int = 2000) -> AsyncIterator[list[Entry]]:
    """The whole log in order, in batches."""
    position = -1
    while entries := await after(conn, log, position, batch):
        yield entries
        position = entries[-1].place.position
