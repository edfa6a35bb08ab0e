"""`append`: 32 concurrent writers, one event a command, the whole way from the pydantic event to the acknowledgement.

Ours: make and validate the event, seal the record, hash, group commit through the service's own `append()`, with
all triggers and checks. The peers get ready-made bytes and only have to store them.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4, uuid5

import asyncpg

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, PARTITIONS, EventPosition, Row, make_write, rows
from gongkai.bench.log_check import check_log
from gongkai.bench.measurement import ProgressListener, Stopwatch, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.contracts.errors import UserError
from gongkai.ledger.append import Appender
from gongkai.operate.databases.cluster import writer as role_of

BENCH = Bench(
    "append",
    goals={"eventsourcing": Goal(12, 25), "insert": Goal(1.2, 2)},
)
EVENTS = 16_000
WRITERS = 32
PEER_FRACTION = 8  # `eventsourcing` gets so many times fewer events: a repeat of all three shall stay short


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int
) -> Result:
    """Three ways to store the same events, in turn."""
    few = max(1, events // WRITERS // PEER_FRACTION)
    async with (
        environment.pool(role_of(LOG.schema)) as pool,
        asyncpg.create_pool(environment.peers, min_size=WRITERS, max_size=WRITERS) as plain,
    ):
        appender = Appender(pool, LOG, PARTITIONS)
        inserts = Inserts(plain)
        await inserts.prepare()
        recorder = EventSourcing(environment.peers)
        functions = EventSourcing(environment.peers, functions=True)

        async def ours(number: int) -> float:
            return await _appended(appender, number, events // WRITERS)

        async def eventsourcing(number: int) -> float:
            return await asyncio.to_thread(recorder.store, number, few)

        async def unordered(number: int) -> float:
            return await asyncio.to_thread(functions.store, number, few)

        async def insert(number: int) -> float:
            return await inserts.store(number, events // WRITERS)

        try:
            runners = {
                "gongkai": ours,
                "eventsourcing": eventsourcing,
                "eventsourcing-unordered": unordered,
                "insert": insert,
            }
            figures = await interleaved(runners, repeats, progress)
        finally:
            recorder.close()
            functions.close()
            await appender.close()
        progress.describe("核对 checking the log")
        expected = (repeats + 1) * (events // WRITERS) * WRITERS
        checked = await check_log(pool, LOG, expected)
        await inserts.check(expected)
        peer_rows = 2 * (repeats + 1) * few * WRITERS
        await recorder.check(plain, peer_rows)
    return Result(
        BENCH, events, figures, checked=checked | {"peers": {"insert": expected, "eventsourcing": peer_rows}}
    )


async def _appended(appender: Appender, number: int, each: int) -> float:
    async def writer(name: str) -> None:
        for n in range(each):
            now = datetime.now(UTC)
            await appender.append(make_write(EventPosition.of(name, n), now), now)

    watch = Stopwatch()
    await asyncio.gather(*(writer(f"r{number}-w{w}") for w in range(WRITERS)))
    return each * WRITERS / watch.seconds


class Inserts:
    """The limit of one commit an event: 32 connections, a prepared INSERT each, the leanest table that keeps order."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def prepare(self) -> None:
        await self._pool.execute(
            "CREATE TABLE entry (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            ' stream text COLLATE "C" NOT NULL, version integer NOT NULL, record bytea NOT NULL,'
            " UNIQUE (stream, version))"
        )

    async def store(self, number: int, each: int) -> float:
        work = [rows(f"r{number}-w{w}", each) for w in range(WRITERS)]
        connections = [await self._pool.acquire() for _ in work]
        statements = [
            await c.prepare("INSERT INTO entry (stream, version, record) VALUES ($1, $2, $3)")
            for c in connections
        ]

        async def writer(statement: Any, mine: list[Row]) -> None:
            for row in mine:
                await statement.fetch(row.stream, row.version, row.record)

        watch = Stopwatch()
        await asyncio.gather(*map(writer, statements, work))
        seconds = watch.seconds
        for connection in connections:
            await self._pool.release(connection)
        return each * WRITERS / seconds

    async def check(self, expected: int) -> None:
        found = await self._pool.fetchval("SELECT count(*) FROM entry")
        if found != expected:
            raise RuntimeError(f"insert: {found} rows of {expected}")


class EventSourcing:
    """The application recorder of `eventsourcing`: a connection for every writer, and no ping before use.

    It locks its table, so that readers skip nothing. With its database functions (`functions`) it is quicker, and
    gives that up: readers may pass over events that commit late. Both are reported; the first promises what we promise.
    """

    def __init__(self, dsn: str, *, functions: bool = False) -> None:
        try:
            from eventsourcing.persistence import StoredEvent  # noqa: PLC0415  # a peer, not a dependency
            from eventsourcing.postgres import (  # noqa: PLC0415
                PostgresApplicationRecorder,
                PostgresDatastore,
            )
        except ImportError:
            raise UserError(
                "缺少对照库 / the peer is missing: pip install 'eventsourcing[postgres]==9.5.*'"
            ) from None
        self._namespace = uuid4()
        where = urlsplit(dsn)
        self._event = StoredEvent
        self._store = PostgresDatastore(
            dbname=where.path.lstrip("/"),
            host=where.hostname or "127.0.0.1",
            port=where.port or 5432,
            user=where.username or "postgres",
            password=where.password or "",
            pool_size=WRITERS,
            max_overflow=0,
            pre_ping=False,
            enable_db_functions=functions,
        )
        self._recorder = PostgresApplicationRecorder(self._store)
        self._recorder.create_table()
        self._store.pool.wait()  # every connection is there before the first event

    def store(self, number: int, each: int) -> float:
        work = [
            [
                self._event(
                    originator_id=uuid5(self._namespace, row.stream),
                    originator_version=row.version,
                    topic="gongkai.contracts.events.review:SecrecyReviewed",
                    state=row.record,
                )
                for row in rows(f"r{number}-w{w}", each)
            ]
            for w in range(WRITERS)
        ]
        start = threading.Barrier(WRITERS + 1)

        def writer(mine: list[Any]) -> None:
            start.wait()
            for event in mine:
                self._recorder.insert_events([event])

        with ThreadPoolExecutor(WRITERS) as threads:
            writing = [threads.submit(writer, mine) for mine in work]
            start.wait()
            watch = Stopwatch()
            for each_of in writing:
                each_of.result()
            return each * WRITERS / watch.seconds

    async def check(self, pool: Any, expected: int) -> None:
        found = await pool.fetchval("SELECT count(*) FROM stored_events")
        if found != expected:
            raise RuntimeError(f"eventsourcing: {found} rows of {expected}")

    def close(self) -> None:
        self._store.close()
