"""Entries on their way to Kafka: packed into batches here, one a partition, so that nothing is done for every record
but to write it into one. The order within a partition is that of the log.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from gongkai.ledger.kafka import COMMITTED_AT, POSITION, PREVIOUS, TRACE
from gongkai.ledger.read import Bare

MAX_BATCH = 262_144  # bytes of one batch of one partition; Kafka's own limit is 1 MiB


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What the producer has, and the broker hasn't acknowledged yet.

    `sent` is the last position in it, `last` the last one of each partition, in it or before it. Each answer is the
    future of a batch's metadata, and how many records are in the batch.
    """

    sent: int
    last: list[int]
    answers: Sequence[tuple["asyncio.Future[Any]", int]]
    traces: Sequence[str | None]
    began: int  # nanoseconds since the epoch


async def hand_over(
    producer: AIOKafkaProducer, topic: str, last: Sequence[int], rows: Sequence[Bare]
) -> UnderWay:
    """Give entries, in order, to the producer. Where a partition has one batch waiting, the next waits with us."""
    began, answers, at = time.time_ns(), [], list(last)
    batches: dict[int, Any] = {}

    async def send(partition: int) -> None:
        batch = batches.pop(partition)
        batch.close()
        answers.append((await producer.send_batch(batch, topic, partition=partition), batch.record_count()))

    moment, said = None, b""
    for position, partition, stream, committed_at, record, trace in rows:
        if committed_at != moment:
            moment, said = committed_at, committed_at.isoformat().encode()
        headers = [(POSITION, b"%d" % position), (PREVIOUS, b"%d" % at[partition]), (COMMITTED_AT, said)]
        if trace:
            headers.append((TRACE, trace.encode()))
        batch = batches.get(partition) or batches.setdefault(partition, producer.create_batch())
        while batch.append(timestamp=None, key=stream.encode(), value=record, headers=headers) is None:
            await send(partition)
            batch = batches[partition] = producer.create_batch()
        at[partition] = position
    for partition in list(batches):
        await send(partition)
    return UnderWay(rows[-1][0], at, answers, [row[5] for row in rows], began)
