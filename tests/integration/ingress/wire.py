"""An agency's own Kafka client: confluent-kafka, as it comes."""

import asyncio
import json
import os
import secrets
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from gongkai.contracts.ingress import ONE

# The embedded broker lets librdkafka into a group after some 20 s only.
GROUPED = "GONGKAI_TEST_KAFKA" in os.environ


class Wire:
    """Writes into a system's topic and reads its results. `known` says where the broker is, and who one is there."""

    def __init__(self, topic: str, known: Mapping[str, Any]) -> None:
        self.topic = topic
        self.producer = Producer({**known, "message.timeout.ms": 30_000})
        self.consumer = Consumer(
            {
                **known,
                "group.id": f"{topic}.{secrets.token_hex(4)}",
                "auto.offset.reset": "earliest",
            }
        )

    async def ready(self, *, grouped: bool = GROUPED) -> None:
        """Until the topics are made, and may be seen; then listens for results, in a group or by itself."""
        results = f"{self.topic}.results"
        for _ in range(600):
            there = await asyncio.to_thread(self.producer.list_topics, timeout=10)
            if {self.topic, results} <= there.topics.keys():
                if grouped:
                    self.consumer.subscribe([results])
                else:
                    self.consumer.assign([TopicPartition(results, 0, OFFSET_BEGINNING)])
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"no {self.topic}")

    def send(self, value: Any, headers: dict[str, str] | None = None, key: str | None = None) -> None:
        body = value if isinstance(value, bytes | None) else json.dumps(value).encode()
        told = {"content-type": ONE} if headers is None else headers
        self.producer.produce(self.topic, body, key=key, headers=[(k, v.encode()) for k, v in told.items()])

    async def results(self, many: int) -> list[dict[str, Any]]:
        """The next ones, in order."""
        await asyncio.to_thread(self.producer.flush, 30)
        found: list[dict[str, Any]] = []
        for _ in range(600):
            message = await asyncio.to_thread(self.consumer.poll, 0.1)
            if message is not None and message.error() is None:
                value = message.value()
                assert value is not None
                told = json.loads(value)
                key = message.key()
                assert (key.decode() if key else None) == told["id"]
                found.append(told)
                if len(found) == many:
                    return found
        raise AssertionError(f"{len(found)} results, not {many}")


class _Odd(str):
    """A header's name that is no UTF-8 on the wire."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


async def send_batch(servers: str, topic: str, *values: Any, odd: int) -> None:
    """Events in one producer batch, the one at `odd` with a header that no client should let through.

    aiokafka packs it when asked to do so in Python: in C it encodes names by itself.
    """
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 1 << 20)
        for number, value in enumerate(values):
            headers = [(_Odd("x") if number == odd else "content-type", ONE.encode())]
            batch.append(key=None, value=json.dumps(value).encode(), timestamp=None, headers=headers)
        await (await producer.send_batch(batch, topic, partition=0))
    finally:
        await producer.stop()
