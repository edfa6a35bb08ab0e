"""The relay: one leader per log sends the very bytes of the log to Kafka, in order, and finds out when Kafka forgot.

A broker that lost its data is filled again from the slowest subscriber's position. One that is ahead of the log halts
the relay, and so does a consumer: nothing is ever renumbered.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import UnknownError

from gongkai.ledger import read, relay_checks, relay_cursor
from gongkai.ledger.brokers import Brokers
from gongkai.ledger.cancellation import end
from gongkai.ledger.failpoint import reach
from gongkai.ledger.kafka import PREFIX, delete_topic, ensure_topic, started, topic_of
from gongkai.ledger.kafka_producer import MAX_BATCH, UnderWay, hand_over
from gongkai.ledger.observe import SILENT, Observer
from gongkai.ledger.read import Bare, LogId
from gongkai.ledger.relay_checks import Halted
from gongkai.ledger.relay_cursor import Cursor

BATCH = 1000  # entries read and sent at a time; while one batch is under way the next is read
PACE = 0.02  # seconds from one look at the log to the next, at least: what comes meanwhile shares a batch
SLOW_PACE = 0.04  # the same for the embedded broker, which looks at every batch that it holds whenever somebody fetches
SAFETY = 2.0  # seconds between looks at the broker when nobody notifies
SEND_TIMEOUT = 15.0  # seconds until a batch's acknowledgements are given up
BEAT = 1.0  # seconds between signs of life of the leader
FROZEN = 4.0  # seconds without one, after which PostgreSQL ends the leader's session and another one leads
RECHECK = 5.0  # seconds until a relay that halted looks again whether the cause is gone

_log = structlog.get_logger(__name__)


class BrokerChanged(Exception):
    """The broker's end isn't where the last acknowledgement left it: it lost data, or somebody else has sent."""


@dataclass(slots=True)
class Relay:
    """Runs in every replica of a service; whoever holds the advisory lock is the leader."""

    dsn: str
    pool: Any
    log: LogId
    brokers: Brokers
    partitions: int
    replication: int
    idempotent: bool = True
    prefix: str = PREFIX
    observer: Observer = SILENT
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def topic(self) -> str:
        return topic_of(self.prefix, self.log)

    async def run(self) -> None:
        """Until cancelled. Whatever breaks (database, broker, leadership), it begins again."""
        while True:
            pause = 0.3
            try:
                await self._lead()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                _log.info("relay begins again", log=self.log.name, error=repr(error))
            else:
                pause = RECHECK
            await asyncio.sleep(pause)

    async def _lead(self) -> None:
        """Returns only when it had to halt."""
        frozen = {"idle_session_timeout": str(int(FROZEN * 1000)), "application_name": "gongkai.relay"}
        conn = await asyncpg.connect(self.dsn, server_settings=frozen)
        try:
            await conn.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", f"relay:{self.log.name}")
            await conn.add_listener(self.log.channel, lambda *_: self._woken.set())
            try:
                await _either(self._beat(conn), self._relay())
            except Halted as halt:
                _log.error("relay halted", log=self.log.name, topic=self.topic, why=str(halt))
                await relay_cursor.note(self.pool, self.log, str(halt))
        finally:
            conn.terminate()

    async def _beat(self, conn: Any) -> None:
        """Raises when the session that holds the lock is gone: somebody else may lead by now."""
        while True:
            await conn.fetchval("SELECT 1", timeout=FROZEN)
            await asyncio.sleep(BEAT)

    async def _relay(self) -> None:
        cursor = await relay_cursor.load(self.pool, self.log, self.partitions)
        await relay_checks.check_consumers(self.pool, self.log, cursor.sent)
        there = await ensure_topic(self.brokers, self.topic, self.partitions, self.replication)
        if there != self.partitions:
            raise relay_checks.other_partitions(
                f"主题 {self.topic}", f"topic {self.topic}", there, self.partitions
            )
        async with self._consumer() as consumer, self._producer() as producer:
            tail = await relay_checks.tail(consumer, self.topic, self.partitions)
            if tail.hollow:
                await delete_topic(self.brokers, self.topic)
                raise BrokerChanged(self.topic)
            await relay_checks.check_broker(self.pool, self.log, self.topic, tail.last)
            await relay_cursor.note(self.pool, self.log, None)
            if any(end < known for end, known in zip(tail.ends, cursor.offsets, strict=True)):
                await self._refill(producer, cursor)
            else:
                cursor.offsets = tail.ends
            await self._send_all(consumer, producer, cursor)

    async def _send_all(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        before = [0] * self.partitions
        while True:
            began = time.monotonic()
            self._woken.clear()
            await self._catch_up(producer, cursor)
            try:
                async with asyncio.timeout(SAFETY):
                    await self._woken.wait()
            except TimeoutError:
                ends = await relay_checks.listed(consumer, self.topic, self.partitions)
                if any(not a <= end <= b for a, end, b in zip(before, ends, cursor.offsets, strict=True)):
                    raise BrokerChanged(self.topic) from None
                before = ends
            pace = PACE if self.idempotent else SLOW_PACE  # only the embedded broker isn't
            await asyncio.sleep(began + pace - time.monotonic())

    async def _catch_up(self, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        """Send all that there is. While a full batch is under way, the next one is read and packed."""
        last, under_way = cursor.last, None
        rows = await self._read(cursor.sent)
        while rows:
            coming = asyncio.create_task(self._read(rows[-1][0])) if len(rows) == BATCH else None
            try:
                batch = await hand_over(producer, self.topic, last, rows)
                if under_way is not None:
                    await self._keep(cursor, under_way)
                last, under_way = batch.last, batch
                rows = await coming if coming is not None else []
            finally:
                if coming is not None:
                    coming.cancel()
        if under_way is not None:
            await self._keep(cursor, under_way)

    async def _keep(self, cursor: Cursor, batch: UnderWay) -> None:
        await self._acknowledged(cursor, batch)
        reach("relay.sent")
        await relay_cursor.keep(self.pool, self.log, cursor)

    async def _read(self, after: int) -> list[Bare]:
        return await read.bare_after(self.pool, self.log, after, BATCH)

    async def _acknowledged(self, cursor: Cursor, batch: UnderWay) -> None:
        offsets = list(cursor.offsets)
        async with asyncio.timeout(SEND_TIMEOUT):
            await asyncio.gather(*(answer for answer, _ in batch.answers))
        for answer, count in batch.answers:
            meta = answer.result()
            if meta.offset < offsets[meta.partition]:
                raise BrokerChanged(self.topic)
            offsets[meta.partition] = meta.offset + count
        cursor.sent, cursor.last, cursor.offsets = batch.sent, batch.last, offsets
        self.observer.sent(self.topic, batch.traces, batch.began)

    async def _refill(self, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        """Send again, per partition, what the slowest subscriber hasn't seen yet."""
        checkpoints = await self.pool.fetch(
            "SELECT partition, min(position) AS seen FROM ledger.checkpoint WHERE log = $1 GROUP BY partition",
            self.log.name,
        )
        slowest = {row["partition"]: row["seen"] for row in checkpoints}
        start = [min(slowest.get(p, -1), cursor.last[p]) for p in range(self.partitions)]
        behind = [start[p] for p in range(self.partitions) if start[p] < cursor.last[p]]
        _log.warning(
            "broker lost its data: filling it again", log=self.log.name, since=min(behind, default=None)
        )
        again = Cursor(min(behind, default=cursor.sent), start, [0] * self.partitions)
        while again.sent < cursor.sent and (rows := await self._read(again.sent)):
            rows = [row for row in rows if row[0] <= cursor.sent]
            wanted = [row for row in rows if row[0] > start[row[1]]]
            if wanted:
                await self._acknowledged(again, await hand_over(producer, self.topic, again.last, wanted))
            again.sent = rows[-1][0]
        cursor.offsets = again.offsets
        await relay_cursor.keep(self.pool, self.log, cursor)

    # -- what it stands on

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(**self.brokers.client(), request_timeout_ms=5000)
        try:
            await started(consumer.start())
            yield consumer
        finally:
            async with asyncio.timeout(5):
                await consumer.stop()

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = await self._started()
        try:
            yield producer
        finally:
            async with asyncio.timeout(5):
                await producer.stop()

    async def _started(self) -> AIOKafkaProducer:
        """Idempotent where the broker can; one that can't says so at once."""
        producer = AIOKafkaProducer(
            **self.brokers.client(),
            acks="all",
            enable_idempotence=self.idempotent,
            max_batch_size=MAX_BATCH,
            request_timeout_ms=5000,
        )
        try:
            await started(producer.start())
        except BaseException as error:
            await producer.stop()
            if isinstance(error, UnknownError) and self.idempotent:
                self.idempotent = False
                return await self._started()
            raise
        return producer


async def _either(*jobs: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends or raises; the others end with it."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(*tasks)
