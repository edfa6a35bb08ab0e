"""What the relay hands to the producer: every record once, in order, with its position, time and trace as headers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from gongkai.ledger.kafka_producer import send_entries

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


class Batch:
    """Holds so many records."""

    def __init__(self, room: int) -> None:
        self.room, self.records, self.closed = room, list[dict[str, Any]](), False

    def append(self, **record: Any) -> object | None:
        if len(self.records) == self.room:
            return None
        self.records.append(record)
        return object()

    def close(self) -> None:
        self.closed = True

    def record_count(self) -> int:
        return len(self.records)


class Producer:
    def __init__(self, room: int) -> None:
        self._room, self.sent = room, dict[int, list[Batch]]()

    def create_batch(self) -> Batch:
        return Batch(self._room)

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[Any]":
        assert (topic, batch.closed) == ("t", True)
        self.sent.setdefault(partition, []).append(batch)
        return asyncio.get_running_loop().create_future()


async def test_order_and_headers_are_those_of_the_log_however_the_batches_break() -> None:
    producer: Any = Producer(room=3)
    rows = [
        (
            n,
            n % 2,
            f"stream-{n}",
            NOW + timedelta(seconds=n // 4),
            b"record %d" % n,
            f"trace-{n}" if n == 15 else None,
        )
        for n in range(10, 24)
    ]
    done = await send_entries(producer, "t", [8, 9], rows)
    assert (done.sent, done.last) == (23, [22, 23])
    assert sum(count for _, count in done.acknowledgements) == len(rows)
    for partition in (0, 1):
        records = [record for batch in producer.sent[partition] for record in batch.records]
        before = [8, 9][partition]
        assert [record["value"] for record in records] == [row[4] for row in rows if row[1] == partition]
        for record in records:
            headers = dict(record["headers"])
            position = int(headers["position"])
            assert int(headers["previous"]) == before
            assert record["key"] == b"stream-%d" % position
            assert headers["committedat"].decode() == (NOW + timedelta(seconds=position // 4)).isoformat()
            assert headers.get("traceparent") == (b"trace-15" if position == 15 else None)
            before = position


async def test_a_record_that_fits_no_other_batch_gets_one_of_its_own() -> None:
    producer: Any = Producer(room=1)
    done = await send_entries(producer, "t", [-1], [(n, 0, "s", NOW, b"r", None) for n in range(3)])
    assert [count for _, count in done.acknowledgements] == [1, 1, 1]
