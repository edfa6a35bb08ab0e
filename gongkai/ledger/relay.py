"""The relay: one leader per log sends the very bytes of the log to Kafka, in order, and finds out when Kafka forgot.

A broker that lost its data is filled again from the slowest subscriber's position. Nothing is ever renumbered.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import UnknownError

from gongkai.ledger import read
from gongkai.ledger.kafka import COMMITTED_AT, POSITION, PREVIOUS, TRACE, ensure_topic
from gongkai.ledger.read import Entry, LogId

BATCH = 1000  # entries read and sent at a time
SAFETY = 2.0  # seconds between looks at the broker when nobody notifies
SEND_TIMEOUT = 15.0  # seconds until a batch's acknowledgements are given up

_log = structlog.get_logger(__name__)


class BrokerForgot(Exception):
    """The broker holds less than it had acknowledged: it lost its data."""


@dataclass(slots=True)
class Cursor:
    """How far was sent; per partition the last position sent, and the offset after it (-1 = nothing sent)."""

    sent: int
    last: list[int]
    offsets: list[int]


@dataclass(slots=True)
class Relay:
    """Runs in every replica of a service; whoever holds the advisory lock is the leader."""

    dsn: str
    pool: Any
    log: LogId
    servers: str
    partitions: int
    replication: int
    idempotent: bool = True
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled. Whatever breaks (database, broker, leadership), it begins again."""
        while True:
            try:
                await self._lead()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                _log.info("relay begins again", log=self.log.name, error=repr(error))
            await asyncio.sleep(0.3)

    async def _lead(self) -> None:
        conn = await asyncpg.connect(self.dsn)
        try:
            await conn.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", f"relay:{self.log.name}")
            await conn.add_listener(self.log.channel, lambda *_: self._woken.set())
            await ensure_topic(self.servers, self.log, self.partitions, self.replication)
            producer = await self._producer()
            try:
                await self._send_all(conn, producer)
            finally:
                await asyncio.wait_for(producer.stop(), 5)
        finally:
            conn.terminate()

    async def _producer(self) -> AIOKafkaProducer:
        """Idempotent where the broker can; one that can't says so at once."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self.servers,
            acks="all",
            enable_idempotence=self.idempotent,
            request_timeout_ms=5000,
        )
        try:
            await asyncio.wait_for(producer.start(), 5)
        except BaseException as error:
            await producer.stop()
            if isinstance(error, UnknownError) and self.idempotent:
                self.idempotent = False
                return await self._producer()
            raise
        return producer

    async def _send_all(self, conn: Any, producer: AIOKafkaProducer) -> None:
        cursor = await self._cursor(conn)
        if await self._forgot(cursor):
            await self._refill(conn, producer, cursor)
        while True:
            self._woken.clear()
            while entries := await read.after(conn, self.log, cursor.sent, BATCH):
                await self._send(producer, cursor, entries)
                await self._keep(conn, cursor)
            try:
                await asyncio.wait_for(self._woken.wait(), SAFETY)
            except TimeoutError:
                if conn.is_closed():
                    raise ConnectionError("the leader's connection is gone") from None
                if await self._forgot(cursor):
                    raise BrokerForgot(self.log.topic) from None

    async def _send(self, producer: AIOKafkaProducer, cursor: Cursor, entries: Sequence[Entry]) -> None:
        futures = []
        last = list(cursor.last)
        for entry in entries:
            partition = entry.place.partition
            headers = [
                (POSITION, str(entry.place.position).encode()),
                (PREVIOUS, str(last[partition]).encode()),
                (COMMITTED_AT, entry.committed_at.isoformat().encode()),
            ]
            if entry.trace:
                headers.append((TRACE, entry.trace.encode()))
            futures.append(
                await producer.send(
                    self.log.topic, entry.raw, key=entry.stream.encode(), partition=partition, headers=headers
                )
            )
            last[partition] = entry.place.position
        await producer.flush()
        offsets = list(cursor.offsets)
        async with asyncio.timeout(SEND_TIMEOUT):
            for meta in await asyncio.gather(*futures):
                if meta.offset < offsets[meta.partition]:
                    raise BrokerForgot(self.log.topic)
                offsets[meta.partition] = meta.offset + 1
        cursor.sent, cursor.last, cursor.offsets = max(cursor.sent, entries[-1].place.position), last, offsets

    async def _forgot(self, cursor: Cursor) -> bool:
        """True when the broker's ends lie before what it had acknowledged, or the topic is gone."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.servers, request_timeout_ms=5000)
        try:
            await asyncio.wait_for(consumer.start(), 5)
            topics = [TopicPartition(self.log.topic, p) for p in range(self.partitions)]
            ends = await asyncio.wait_for(consumer.end_offsets(topics), 5)
        finally:
            await consumer.stop()
        return any(ends[topic] < cursor.offsets[topic.partition] for topic in topics)

    async def _refill(self, conn: Any, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        """Send again, per partition, what the slowest subscriber hasn't seen yet."""
        rows = await conn.fetch(
            "SELECT partition, min(position) AS seen FROM ledger.checkpoint WHERE log = $1 GROUP BY partition",
            self.log.name,
        )
        slowest = {row["partition"]: row["seen"] for row in rows}
        start = [min(slowest.get(p, -1), cursor.last[p]) for p in range(self.partitions)]
        behind = [start[p] for p in range(self.partitions) if start[p] < cursor.last[p]]
        _log.warning(
            "broker lost its data: filling it again", log=self.log.name, since=min(behind, default=None)
        )
        again = Cursor(min(behind, default=cursor.sent), start, [0] * self.partitions)
        until = cursor.sent
        while again.sent < until and (entries := await read.after(conn, self.log, again.sent, BATCH)):
            entries = [e for e in entries if e.place.position <= until]
            wanted = [e for e in entries if e.place.position > start[e.place.partition]]
            if wanted:
                await self._send(producer, again, wanted)
            again.sent = entries[-1].place.position
        cursor.offsets = again.offsets
        await self._keep(conn, cursor)

    async def _cursor(self, conn: Any) -> Cursor:
        row = await conn.fetchrow(
            f"SELECT sent, last, offsets FROM {self.log.schema}.log_relay WHERE log = $1", self.log.name
        )
        if row is None:
            return Cursor(-1, [-1] * self.partitions, [0] * self.partitions)
        return Cursor(row["sent"], list(row["last"]), list(row["offsets"]))

    async def _keep(self, conn: Any, cursor: Cursor) -> None:
        await conn.execute(
            f"INSERT INTO {self.log.schema}.log_relay VALUES ($1, $2, $3, $4) ON CONFLICT (log)"
            " DO UPDATE SET sent = excluded.sent, last = excluded.last, offsets = excluded.offsets",
            self.log.name,
            cursor.sent,
            cursor.last,
            cursor.offsets,
        )
