"""`relay`: the log to Kafka, against a bare aiokafka producer with the same settings and the same messages.

Ours reads the log, sends, waits for every acknowledgement and keeps its cursor. Both clocks run from before the
connection is made and the topic is there until everything is acknowledged.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownError

from gongkai.bench.facts import LOG, PARTITIONS, fill
from gongkai.bench.figures import Bench, Goal, Result
from gongkai.bench.ground import Ground
from gongkai.bench.rounds import Stage, Stopwatch, interleaved
from gongkai.ledger import cursors, read
from gongkai.ledger.cursors import Cursor
from gongkai.ledger.kafka import COMMITTED_AT, POSITION, PREVIOUS, ensure_topic
from gongkai.ledger.observe import Observer
from gongkai.ledger.relay import Relay
from gongkai.runtime.cluster import writer

BENCH = Bench("relay", goals={"aiokafka": Goal(0.7, 0.9)})
EVENTS = 50_000
TRAVELS = True

Message = tuple[bytes, bytes, int, list[tuple[str, bytes]]]  # value, key, partition, headers


class _Count(Observer):
    """Set once so many records are acknowledged."""

    def __init__(self, expected: int) -> None:
        self._left, self.done = expected, asyncio.Event()

    def sent(self, topic: str, traces: Sequence[str | None], began: int) -> None:
        self._left -= len(traces)
        if self._left <= 0:
            self.done.set()


async def run(ground: Ground, stage: Stage, *, events: int, repeats: int, kafka: str | None) -> Result:
    role = writer(LOG.schema)
    async with ground.pool(role) as pool:
        stage.say("写入日志 filling the log")
        await fill(pool, events)
        messages: list[Message] = []
        last = [-1] * PARTITIONS
        while entries := await read.after(pool, LOG, len(messages) - 1, 5000):
            for entry in entries:
                headers = [
                    (POSITION, b"%d" % entry.place.position),
                    (PREVIOUS, b"%d" % last[entry.place.partition]),
                    (COMMITTED_AT, entry.committed_at.isoformat().encode()),
                ]
                last[entry.place.partition] = entry.place.position
                messages.append((entry.raw, entry.stream.encode(), entry.place.partition, headers))

        with ground.broker(kafka) as servers:
            idempotent = await _idempotent(servers)

            async def ours(number: int) -> float:
                count = _Count(events)
                await cursors.keep(pool, LOG, Cursor(-1, [-1] * PARTITIONS, [0] * PARTITIONS))
                relay = Relay(
                    *(ground.cluster.dsn(role), pool, LOG, servers, PARTITIONS, 1),
                    idempotent=idempotent,
                    prefix=f"bench-{ground.mark}-{number}",
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
                topic = f"bare-{ground.mark}-{number}"
                watch = Stopwatch()
                await ensure_topic(servers, topic, PARTITIONS, 1)
                await _bare(servers, topic, messages, idempotent=idempotent)
                return events / watch.seconds

            figures = await interleaved({"gongkai": ours, "aiokafka": aiokafka}, repeats, stage)
        cursor = await cursors.load(pool, LOG, PARTITIONS)
    return Result(
        BENCH,
        events,
        figures,
        checked={"sent": cursor.sent + 1, "offsets": sum(cursor.offsets)},
        setting={"broker": kafka or "embedded", "acks": "all", "idempotent": idempotent},
    )


async def _idempotent(servers: str) -> bool:
    """Whether the broker can; the relay finds it out once in its life, so its clock shall not pay for it each time."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    try:
        await producer.start()
    except UnknownError:
        return False
    finally:
        await producer.stop()
    return True


async def _bare(servers: str, topic: str, messages: Sequence[Message], *, idempotent: bool) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=idempotent, request_timeout_ms=5000
    )
    await producer.start()
    try:
        answers = [
            await producer.send(topic, value, key=key, partition=partition, headers=headers)
            for value, key, partition, headers in messages
        ]
        await asyncio.gather(*answers)
    finally:
        await producer.stop()
