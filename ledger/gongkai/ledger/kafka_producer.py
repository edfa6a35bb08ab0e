"""The producer side of the relay: packs entries into one Kafka batch per partition and sends them.

Batches are built here because the producer's own `send` costs a future and a metadata object for every record. The
order within a partition is that of the log.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from gongkai.ledger.kafka import COMMITTED_AT, POSITION, PREVIOUS, TRACE
from gongkai.ledger.read import RelayRow

MAX_BATCH = 262_144  # bytes of one batch of one partition; Kafka's own limit is 1 MiB


@dataclass(frozen=True, slots=True)
class PendingBatches:
    """Batches that were handed to the producer and that the broker hasn't acknowledged yet.

    `sent` is the last position in them; `last` the last position of each partition, in them or before. Each
    acknowledgement is the future of a batch's metadata, with the number of records in the batch.
    """

    sent: int
    last: list[int]
    acknowledgements: Sequence[tuple["asyncio.Future[Any]", int]]
    traces: Sequence[str | None]
    began: int  # nanoseconds since the epoch


async def send_entries(
    producer: AIOKafkaProducer, topic: str, last: Sequence[int], rows: Sequence[RelayRow]
) -> PendingBatches:
    """Pack entries and hand them to the producer. Waits while an earlier batch of the same partition is unsent.

    `last`: per partition, the last position sent before.
    """
    began, acknowledgements, at = time.time_ns(), [], list(last)
    batches: dict[int, Any] = {}

    async def send(partition: int) -> None:
        batch = batches.pop(partition)
        batch.close()
        acknowledgements.append(
            (await producer.send_batch(batch, topic, partition=partition), batch.record_count())
        )

    previous_moment, moment_text = None, b""
    for position, partition, stream, committed_at, record, trace in rows:
        if committed_at != previous_moment:
            previous_moment, moment_text = committed_at, committed_at.isoformat().encode()
        headers = [
            (POSITION, b"%d" % position),
            (PREVIOUS, b"%d" % at[partition]),
            (COMMITTED_AT, moment_text),
        ]
        if trace:
            headers.append((TRACE, trace.encode()))
        batch = batches.get(partition) or batches.setdefault(partition, producer.create_batch())
        while batch.append(timestamp=None, key=stream.encode(), value=record, headers=headers) is None:
            await send(partition)
            batch = batches[partition] = producer.create_batch()
        at[partition] = position
    for partition in list(batches):
        await send(partition)
    return PendingBatches(rows[-1][0], at, acknowledgements, [row[5] for row in rows], began)
