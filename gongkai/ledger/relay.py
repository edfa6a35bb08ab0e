"""The relay: one leader per log sends the very bytes of the log to Kafka, in order, and finds out when Kafka forgot.

A broker that lost its data is filled again from the slowest subscriber's position. One that is ahead of the log halts
the relay, and so does a consumer: nothing is ever renumbered.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import UnknownError

from gongkai.ledger import ahead, cursors, read
from gongkai.ledger.ahead import Halted
from gongkai.ledger.cursors import Cursor
from gongkai.ledger.failpoint import reach
from gongkai.ledger.kafka import (
    COMMITTED_AT,
    POSITION,
    PREFIX,
    PREVIOUS,
    TRACE,
    delete_topic,
    ensure_topic,
    started,
    topic_of,
)
from gongkai.ledger.observe import SILENT, Observer
from gongkai.ledger.read import Entry, LogId

BATCH = 1000  # entries read and sent at a time; while one batch is under way the next is read
SAFETY = 2.0  # seconds between looks at the broker when nobody notifies
SEND_TIMEOUT = 15.0  # seconds until a batch's acknowledgements are given up
BEAT = 1.0  # seconds between signs of life of the leader
FROZEN = 4.0  # seconds without one, after which PostgreSQL ends the leader's session and another one leads
RECHECK = 5.0  # seconds until a relay that halted looks again whether the cause is gone

_log = structlog.get_logger(__name__)


class BrokerChanged(Exception):
    """The broker's end isn't where the last acknowledgement left it: it lost data, or somebody else has sent."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A batch that the producer has, and the broker hasn't acknowledged yet."""

    sent: int
    last: list[int]
    answers: Sequence["asyncio.Future[Any]"]
    traces: Sequence[str | None]
    began: int  # nanoseconds since the epoch


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
                await cursors.note(self.pool, self.log, str(halt))
        finally:
            conn.terminate()

    async def _beat(self, conn: Any) -> None:
        """Raises when the session that holds the lock is gone: somebody else may lead by now."""
        while True:
            await conn.fetchval("SELECT 1", timeout=FROZEN)
            await asyncio.sleep(BEAT)

    async def _relay(self) -> None:
        cursor = await cursors.load(self.pool, self.log, self.partitions)
        await ahead.check_consumers(self.pool, self.log, cursor.sent)
        there = await ensure_topic(self.servers, self.topic, self.partitions, self.replication)
        if there != self.partitions:
            raise ahead.other_partitions(f"主题 {self.topic}", f"topic {self.topic}", there, self.partitions)
        async with self._consumer() as consumer, self._producer() as producer:
            tail = await ahead.tail(consumer, self.topic, self.partitions)
            if tail.hollow:
                await delete_topic(self.servers, self.topic)
                raise BrokerChanged(self.topic)
            await ahead.check_broker(self.pool, self.log, self.topic, tail.last)
            await cursors.note(self.pool, self.log, None)
            if any(end < known for end, known in zip(tail.ends, cursor.offsets, strict=True)):
                await self._refill(producer, cursor)
            else:
                cursor.offsets = tail.ends
            await self._send_all(consumer, producer, cursor)

    async def _send_all(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        before = [0] * self.partitions
        while True:
            self._woken.clear()
            await self._catch_up(producer, cursor)
            try:
                await asyncio.wait_for(self._woken.wait(), SAFETY)
            except TimeoutError:
                ends = await ahead.listed(consumer, self.topic, self.partitions)
                if any(not a <= end <= b for a, end, b in zip(before, ends, cursor.offsets, strict=True)):
                    raise BrokerChanged(self.topic) from None
                before = ends

    async def _catch_up(self, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        """Send all that there is. A batch is read while the one before it is under way."""
        at, last = cursor.sent, cursor.last
        under_way: _UnderWay | None = None
        while (entries := await read.after(self.pool, self.log, at, BATCH)) or under_way:
            batch = await self._hand_over(producer, last, entries) if entries else None
            if under_way is not None:
                await self._acknowledged(cursor, under_way)
                reach("relay.sent")
                await cursors.keep(self.pool, self.log, cursor)
            if batch is not None:
                at, last = batch.sent, batch.last
            under_way = batch

    async def _hand_over(
        self, producer: AIOKafkaProducer, last: Sequence[int], entries: Sequence[Entry]
    ) -> _UnderWay:
        answers, began = [], time.time_ns()
        at = list(last)
        for entry in entries:
            position, partition = entry.place.position, entry.place.partition
            headers = [
                (POSITION, b"%d" % position),
                (PREVIOUS, b"%d" % at[partition]),
                (COMMITTED_AT, entry.committed_at.isoformat().encode()),
            ]
            if entry.trace:
                headers.append((TRACE, entry.trace.encode()))
            answers.append(
                await producer.send(
                    self.topic, entry.raw, key=entry.stream.encode(), partition=partition, headers=headers
                )
            )
            at[partition] = position
        return _UnderWay(entries[-1].place.position, at, answers, [e.trace for e in entries], began)

    async def _acknowledged(self, cursor: Cursor, batch: _UnderWay) -> None:
        offsets = list(cursor.offsets)
        async with asyncio.timeout(SEND_TIMEOUT):
            for meta in await asyncio.gather(*batch.answers):
                if meta.offset < offsets[meta.partition]:
                    raise BrokerChanged(self.topic)
                offsets[meta.partition] = meta.offset + 1
        cursor.sent, cursor.last, cursor.offsets = batch.sent, batch.last, offsets
        self.observer.sent(self.topic, batch.traces, batch.began)

    async def _refill(self, producer: AIOKafkaProducer, cursor: Cursor) -> None:
        """Send again, per partition, what the slowest subscriber hasn't seen yet."""
        rows = await self.pool.fetch(
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
        while again.sent < cursor.sent and (
            entries := await read.after(self.pool, self.log, again.sent, BATCH)
        ):
            entries = [e for e in entries if e.place.position <= cursor.sent]
            wanted = [e for e in entries if e.place.position > start[e.place.partition]]
            if wanted:
                await self._acknowledged(again, await self._hand_over(producer, again.last, wanted))
            again.sent = entries[-1].place.position
        cursor.offsets = again.offsets
        await cursors.keep(self.pool, self.log, cursor)

    # -- what it stands on

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.servers, request_timeout_ms=5000)
        try:
            await started(consumer.start())
            yield consumer
        finally:
            await asyncio.wait_for(consumer.stop(), 5)

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = await self._started()
        try:
            yield producer
        finally:
            await asyncio.wait_for(producer.stop(), 5)

    async def _started(self) -> AIOKafkaProducer:
        """Idempotent where the broker can; one that can't says so at once."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self.servers,
            acks="all",
            enable_idempotence=self.idempotent,
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
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
