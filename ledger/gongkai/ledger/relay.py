"""The relay: one leader per log sends the log's records to Kafka, in order and byte for byte.

A broker that lost its data is sent it again, from the slowest subscription's checkpoint. A broker or consumer that is
ahead of the log halts the relay (`relay_checks`): nothing is ever renumbered.
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
from gongkai.ledger.cancellation import cancel_and_wait
from gongkai.ledger.failpoint import reach
from gongkai.ledger.kafka import PREFIX, delete_topic, ensure_topic, start_client, topic_of
from gongkai.ledger.kafka_producer import MAX_BATCH, PendingBatches, send_entries
from gongkai.ledger.observe import NO_OBSERVER, Observer
from gongkai.ledger.read import LogId, Pool, RelayRow
from gongkai.ledger.relay_checks import RelayHalted
from gongkai.ledger.relay_cursor import RelayCursor

BATCH = 1000  # entries read and sent at a time; while one batch is being sent the next is read
MIN_INTERVAL = 0.02  # seconds between two reads of the log, so that appends in between share a batch
EMBEDDED_MIN_INTERVAL = (
    0.04  # the same for the embedded broker, which reads every batch it holds at each fetch
)
POLL_INTERVAL = 2.0  # seconds after which the broker's end offsets are checked when nothing is appended
SEND_TIMEOUT = 15.0  # seconds to wait for a batch's acknowledgements
HEARTBEAT = 1.0  # seconds between the leader's queries on the connection that holds its lock
LEADER_TIMEOUT = (
    4.0  # seconds without a query after which PostgreSQL ends the leader's session: another one leads
)
RECHECK = 5.0  # seconds until a halted relay checks again whether the cause is gone

_log = structlog.get_logger(__name__)


class BrokerChanged(Exception):
    """The broker's end offsets don't follow from the last acknowledgement: it lost data, or another producer wrote."""


@dataclass(slots=True)
class Relay:
    """Runs in every replica of a service; the one that holds the advisory lock is the leader."""

    dsn: str
    pool: Pool
    log: LogId
    brokers: Brokers
    partitions: int
    replication: int
    idempotent: bool = True
    prefix: str = PREFIX
    observer: Observer = NO_OBSERVER
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def topic(self) -> str:
        return topic_of(self.prefix, self.log)

    async def run(self) -> None:
        """Run until cancelled. After any error (database, broker, lost leadership) start again."""
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
        """Wait for the lock, then relay. Returns only when halted."""
        settings = {
            "idle_session_timeout": str(int(LEADER_TIMEOUT * 1000)),
            "application_name": "gongkai.relay",
        }
        conn = await asyncpg.connect(self.dsn, server_settings=settings)
        try:
            await conn.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", f"relay:{self.log.name}")
            await conn.add_listener(self.log.channel, lambda *_: self._woken.set())
            try:
                await _first_to_end(self._heartbeat(conn), self._relay())
            except RelayHalted as halt:
                _log.error("relay halted", log=self.log.name, topic=self.topic, why=str(halt))
                await relay_cursor.save_halted(self.pool, self.log, str(halt))
        finally:
            conn.terminate()

    async def _heartbeat(self, conn: asyncpg.Connection) -> None:
        """Raises when the session that holds the lock has ended: another replica may lead."""
        while True:
            await conn.fetchval("SELECT 1", timeout=LEADER_TIMEOUT)
            await asyncio.sleep(HEARTBEAT)

    async def _relay(self) -> None:
        cursor = await relay_cursor.load(self.pool, self.log, self.partitions)
        await relay_checks.check_consumers(self.pool, self.log, cursor.sent)
        there = await ensure_topic(self.brokers, self.topic, self.partitions, self.replication)
        if there != self.partitions:
            raise relay_checks.wrong_partition_count(
                f"主题 {self.topic}", f"topic {self.topic}", there, self.partitions
            )
        async with self._consumer() as consumer, self._producer() as producer:
            tail = await relay_checks.read_topic_tail(consumer, self.topic, self.partitions)
            if tail.unreadable:
                await delete_topic(self.brokers, self.topic)
                raise BrokerChanged(self.topic)
            await relay_checks.check_broker(self.pool, self.log, self.topic, tail.last)
            await relay_cursor.save_halted(self.pool, self.log, None)
            if any(end < known for end, known in zip(tail.next_offsets, cursor.offsets, strict=True)):
                await self._refill(producer, cursor)
            else:
                cursor.offsets = tail.next_offsets
            await self._send_all(consumer, producer, cursor)

    async def _send_all(
        self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, cursor: RelayCursor
    ) -> None:
        before = [0] * self.partitions
        while True:
            began = time.monotonic()
            self._woken.clear()
            await self._catch_up(producer, cursor)
            try:
                async with asyncio.timeout(POLL_INTERVAL):
                    await self._woken.wait()
            except TimeoutError:
                ends = await relay_checks.end_offsets(consumer, self.topic, self.partitions)
                if any(not a <= end <= b for a, end, b in zip(before, ends, cursor.offsets, strict=True)):
                    raise BrokerChanged(self.topic) from None
                before = ends
            # Every broker but the embedded one is idempotent.
            interval = MIN_INTERVAL if self.idempotent else EMBEDDED_MIN_INTERVAL
            await asyncio.sleep(began + interval - time.monotonic())

    async def _catch_up(self, producer: AIOKafkaProducer, cursor: RelayCursor) -> None:
        """Send everything after the cursor. While a full batch is being sent, the next one is read and packed."""
        last, pending = cursor.last, None
        rows = await self._read(cursor.sent)
        while rows:
            next_rows = asyncio.create_task(self._read(rows[-1][0])) if len(rows) == BATCH else None
            try:
                batch = await send_entries(producer, self.topic, last, rows)
                if pending is not None:
                    await self._confirm(cursor, pending)
                last, pending = batch.last, batch
                rows = await next_rows if next_rows is not None else []
            finally:
                if next_rows is not None:
                    next_rows.cancel()
        if pending is not None:
            await self._confirm(cursor, pending)

    async def _confirm(self, cursor: RelayCursor, batch: PendingBatches) -> None:
        await self._await_acknowledgements(cursor, batch)
        reach("relay.sent")
        await relay_cursor.save(self.pool, self.log, cursor)

    async def _read(self, after: int) -> list[RelayRow]:
        return await read.relay_rows_after(self.pool, self.log, after, BATCH)

    async def _await_acknowledgements(self, cursor: RelayCursor, batch: PendingBatches) -> None:
        offsets = list(cursor.offsets)
        async with asyncio.timeout(SEND_TIMEOUT):
            await asyncio.gather(*(future for future, _ in batch.acknowledgements))
        for future, count in batch.acknowledgements:
            meta = future.result()
            if meta.offset < offsets[meta.partition]:
                raise BrokerChanged(self.topic)
            offsets[meta.partition] = meta.offset + count
        cursor.sent, cursor.last, cursor.offsets = batch.sent, batch.last, offsets
        self.observer.sent(self.topic, batch.traces, batch.began)

    async def _refill(self, producer: AIOKafkaProducer, cursor: RelayCursor) -> None:
        """Send again, per partition, what the slowest subscription hasn't applied yet."""
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
        again = RelayCursor(min(behind, default=cursor.sent), start, [0] * self.partitions)
        while again.sent < cursor.sent and (rows := await self._read(again.sent)):
            rows = [row for row in rows if row[0] <= cursor.sent]
            wanted = [row for row in rows if row[0] > start[row[1]]]
            if wanted:
                await self._await_acknowledgements(
                    again, await send_entries(producer, self.topic, again.last, wanted)
                )
            again.sent = rows[-1][0]
        cursor.offsets = again.offsets
        await relay_cursor.save(self.pool, self.log, cursor)

    # -- Kafka clients

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(**self.brokers.client(), request_timeout_ms=5000)
        try:
            await start_client(consumer.start())
            yield consumer
        finally:
            async with asyncio.timeout(5):
                await consumer.stop()

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = await self._start_producer()
        try:
            yield producer
        finally:
            async with asyncio.timeout(5):
                await producer.stop()

    async def _start_producer(self) -> AIOKafkaProducer:
        """An idempotent producer; a plain one where the broker refuses that with UnknownError."""
        producer = AIOKafkaProducer(
            **self.brokers.client(),
            acks="all",
            enable_idempotence=self.idempotent,
            max_batch_size=MAX_BATCH,
            request_timeout_ms=5000,
        )
        try:
            await start_client(producer.start())
        except BaseException as error:
            await producer.stop()
            if isinstance(error, UnknownError) and self.idempotent:
                self.idempotent = False
                return await self._start_producer()
            raise
        return producer


async def _first_to_end(*jobs: Coroutine[Any, Any, None]) -> None:
    """Run all until one of them ends or raises; then cancel the others."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await cancel_and_wait(*tasks)
