"""`relay`: the log to Kafka, against a bare aiokafka producer with the same settings and the same messages.

Ours reads the log, sends, waits for every acknowledgement and keeps its cursor. All clocks run from before the
connection is made and the topic is there until everything is acknowledged.

The bare producer is used as its documentation says: a `send` for every message. Ours packs its batches itself, so
`packed` is reported too: the same rows from memory through our own packing, with nothing read and no cursor kept.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownError

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, PARTITIONS, fill_log
from gongkai.bench.measurement import ProgressListener, Stopwatch, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.ledger import read, relay_cursor
from gongkai.ledger.brokers import Brokers
from gongkai.ledger.kafka import COMMITTED_AT, POSITION, PREVIOUS, ensure_topic
from gongkai.ledger.kafka_producer import MAX_BATCH, send_entries
from gongkai.ledger.observe import Observer
from gongkai.ledger.read import RelayRow
from gongkai.ledger.relay import BATCH, Relay
from gongkai.ledger.relay_cursor import RelayCursor
from gongkai.operate.databases.cluster import writer

BENCH = Bench("relay", goals={"aiokafka": Goal(0.7, 0.9)})
EVENTS = 50_000
NEEDS_BROKER = True

Message = tuple[bytes, bytes, int, list[tuple[str, bytes]]]  # value, key, partition, headers


class _Count(Observer):
    """Set once so many records are acknowledged."""

    def __init__(self, expected: int) -> None:
        self._left, self.done = expected, asyncio.Event()

    def sent(self, topic: str, traces: Sequence[str | None], began: int) -> None:
        self._left -= len(traces)
        if self._left <= 0:
            self.done.set()


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int, kafka: str | None
) -> Result:
    role = writer(LOG.schema)
    async with environment.pool(role) as pool:
        progress.describe("写入日志 filling the log")
        await fill_log(pool, events)
        entries: list[RelayRow] = []
        while some := await read.relay_rows_after(pool, LOG, len(entries) - 1, 5000):
            entries += some
        messages: list[Message] = []
        last = [-1] * PARTITIONS
        for position, partition, stream, committed_at, record, _ in entries:
            headers = [
                (POSITION, b"%d" % position),
                (PREVIOUS, b"%d" % last[partition]),
                (COMMITTED_AT, committed_at.isoformat().encode()),
            ]
            last[partition] = position
            messages.append((record, stream.encode(), partition, headers))

        with environment.broker(kafka) as brokers:
            idempotent = await _idempotent(brokers)

            async def ours(number: int) -> float:
                count = _Count(events)
                await relay_cursor.save(pool, LOG, RelayCursor(-1, [-1] * PARTITIONS, [0] * PARTITIONS))
                relay = Relay(
                    *(environment.cluster.dsn(role), pool, LOG, brokers, PARTITIONS, 1),
                    idempotent=idempotent,
                    prefix=f"bench-{environment.run_id}-{number}",
                    observer=count,
                )
                watch = Stopwatch()
                running = asyncio.create_task(relay.run())
                await count.done.wait()
                seconds = watch.seconds
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                return events / seconds

            async def aiokafka(number: int) -> float:
                topic = f"bare-{environment.run_id}-{number}"
                watch = Stopwatch()
                await ensure_topic(brokers, topic, PARTITIONS, 1)
                await _bare(brokers, topic, messages, idempotent=idempotent)
                return events / watch.seconds

            async def packed(number: int) -> float:
                topic = f"packed-{environment.run_id}-{number}"
                watch = Stopwatch()
                await ensure_topic(brokers, topic, PARTITIONS, 1)
                await _packed(brokers, topic, entries, idempotent=idempotent)
                return events / watch.seconds

            runners = {"gongkai": ours, "aiokafka": aiokafka, "packed": packed}
            figures = await interleaved(runners, repeats, progress)
        cursor = await relay_cursor.load(pool, LOG, PARTITIONS)
    return Result(
        BENCH,
        events,
        figures,
        checked={"sent": cursor.sent + 1, "offsets": sum(cursor.offsets)},
        setting={"broker": kafka or "embedded", "acks": "all", "idempotent": idempotent},
    )


async def _idempotent(brokers: Brokers) -> bool:
    """Whether the broker can; the relay finds it out once in its life, so its clock shall not pay for it each time."""
    producer = AIOKafkaProducer(**brokers.client(), acks="all", enable_idempotence=True)
    try:
        await producer.start()
    except UnknownError:
        return False
    finally:
        await producer.stop()
    return True


@asynccontextmanager
async def _producer(brokers: Brokers, *, idempotent: bool) -> AsyncIterator[AIOKafkaProducer]:
    """With the relay's own settings."""
    producer = AIOKafkaProducer(
        **brokers.client(),
        acks="all",
        enable_idempotence=idempotent,
        max_batch_size=MAX_BATCH,
        request_timeout_ms=5000,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def _bare(brokers: Brokers, topic: str, messages: Sequence[Message], *, idempotent: bool) -> None:
    async with _producer(brokers, idempotent=idempotent) as producer:
        answers = [
            await producer.send(topic, value, key=key, partition=partition, headers=headers)
            for value, key, partition, headers in messages
        ]
        await asyncio.gather(*answers)


async def _packed(brokers: Brokers, topic: str, entries: Sequence[RelayRow], *, idempotent: bool) -> None:
    async with _producer(brokers, idempotent=idempotent) as producer:
        answers: list[asyncio.Future[Any]] = []
        last = [-1] * PARTITIONS
        for start in range(0, len(entries), BATCH):
            sent = await send_entries(producer, topic, last, entries[start : start + BATCH])
            answers += [answer for answer, _ in sent.acknowledgements]
            last = sent.last
        await asyncio.gather(*answers)
