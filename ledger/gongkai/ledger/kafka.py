"""Kafka topics: names, settings, creation; the headers of the relay's records; starting a client."""

import asyncio
from collections.abc import Collection, Coroutine
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from gongkai.ledger.brokers import Brokers
from gongkai.ledger.read import LogId

# Headers of a record.
POSITION, PREVIOUS, COMMITTED_AT, TRACE = "position", "previous", "committedat", "traceparent"
PREFIX = "gongkai"  # of topics and consumer groups


def topic_of(prefix: str, log: LogId) -> str:
    """The log's topic. `prefix` is the deployment's own, so that several may share a Kafka cluster."""
    return f"{prefix}.{log.name}"


async def start_client(start: Coroutine[Any, Any, Any], seconds: float = 5.0) -> None:
    """Start an aiokafka client, within `seconds`. When cancelled, wait for the start first: an interrupted start leaves a
    connection open.
    """
    task = asyncio.ensure_future(start)
    try:
        async with asyncio.timeout(seconds):  # wait_for would lose a cancellation that comes with the result
            await asyncio.shield(task)
    except BaseException:
        await asyncio.wait([task], timeout=seconds)
        if not task.cancel() and not task.cancelled():
            task.exception()  # retrieved, so that asyncio doesn't log it
        raise


async def ensure_topic(
    brokers: Brokers, topic: str, partitions: int, replication: int, kept: timedelta | None = None
) -> int:
    """Create the topic if it doesn't exist. Returns its number of partitions, which never changes.

    `kept`: retention time of its records; None: they never expire.
    """
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await start_client(admin.start())
        new = NewTopic(
            topic,
            partitions,
            replication,
            topic_configs={
                "retention.ms": "-1" if kept is None else str(int(kept.total_seconds() * 1000)),
                "retention.bytes": "-1",
                "cleanup.policy": "delete",
                "min.insync.replicas": "2" if replication > 2 else "1",
            },
        )
        response = await admin.create_topics([new])
        for _, code, *message in response.topic_errors:  # aiokafka returns errors instead of raising them
            if code not in (NoError.errno, TopicAlreadyExistsError.errno):
                raise for_code(code)(*message)
        [described] = await admin.describe_topics([topic])
        if described["error_code"] != NoError.errno:
            raise for_code(described["error_code"])(topic)
        return len(described["partitions"])
    finally:
        await admin.close()


async def wait_for_topics(brokers: Brokers, topics: Collection[str]) -> None:
    """Wait until all topics exist: a consumer that starts before its topics notices them only seconds later."""
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await start_client(admin.start())
        while not set(topics) <= set(await admin.list_topics()):  # noqa: ASYNC110 - Kafka sends no notification
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def delete_topic(brokers: Brokers, topic: str) -> None:
    """Delete a topic that holds no records."""
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await start_client(admin.start())
        await admin.delete_topics([topic])
    finally:
        await admin.close()
