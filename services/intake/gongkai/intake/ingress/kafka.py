"""Events over Kafka: a topic for each registered system, and one for the results of its events.

Whoever writes into a system's topic acts as that system: the broker's access lists let nobody else do so (access.py).
Results are produced before offsets are committed, so that after a crash in between they are produced again, and the
events found as duplicates. No message ever stops a topic: what can't be read, or not even be decoded, gets a result,
too (partition_reader.py).
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata
from pydantic_core import to_json

from gongkai.contracts.errors import BadInput
from gongkai.contracts.ingress import BATCH, ONE, Result
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.intake.ingress import envelope, input_errors, problems, refusals
from gongkai.intake.ingress.access import TopicAccess, topic_of
from gongkai.intake.ingress.handler import CHUNK, TRANSIENT, IngressHandler
from gongkai.intake.ingress.partition_reader import IDLE_DELAY, PartitionReader, UndecodableMessage
from gongkai.ledger.kafka import ensure_topic, start_client
from gongkai.runtime.identity import Principal, by_system

RETENTION: Final = timedelta(days=7)  # of both topics
RETRY_DELAY: Final = 0.5  # seconds until new systems are looked for, and between two attempts

_log = structlog.get_logger(__name__)


class KafkaIngress:
    """One consumer for all systems' topics; several processes share the partitions."""

    def __init__(self, deps: IntakeDependencies, handler: IngressHandler) -> None:
        self._deps, self._handler = deps, handler
        self._topic_prefix = topic_of(deps.settings.kafka_prefix, "")
        self._existing: set[str] = set()
        self._access = TopicAccess(deps.settings.brokers, deps.settings.kafka_prefix)

    async def run(self) -> None:
        """Until cancelled. Starts again whenever the broker was unreachable."""
        while True:
            try:
                await self._serve()
            except Exception as error:
                _log.info("ingress waits for the broker", error=repr(error))
            await asyncio.sleep(RETRY_DELAY)

    async def _serve(self) -> None:
        settings = self._deps.settings
        systems = await self._systems()
        await self._ensure_topics(systems)
        if not systems:
            return
        consumer = AIOKafkaConsumer(
            *self._topics_of(systems),
            **settings.brokers.client(),
            group_id=f"{settings.kafka_prefix}.ingress",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            metadata_max_age_ms=5_000,
            fetch_max_wait_ms=50,
            session_timeout_ms=int(settings.kafka_session * 1000),
            heartbeat_interval_ms=int(settings.kafka_session * 250),
        )
        producer = AIOKafkaProducer(**settings.brokers.client(), acks="all")
        try:
            await start_client(producer.start())
            await start_client(consumer.start(), 30)
            reader = PartitionReader(consumer, CHUNK)
            while True:
                now = await self._systems()
                if now.keys() != systems.keys():
                    await self._ensure_topics(now)
                    return  # and subscribe again, with the new ones
                systems = now
                await self._update_access()
                if not await self._poll(reader, producer, systems):
                    await asyncio.sleep(IDLE_DELAY)
        finally:
            await consumer.stop()
            await producer.stop()

    async def _poll(
        self, reader: PartitionReader, producer: AIOKafkaProducer, systems: dict[str, str]
    ) -> bool:
        """Handles one read of each partition, sends the results, commits. Returns whether there was anything."""
        any_read = False
        for at in reader.partitions():
            messages = await reader.read(at)
            if not messages:
                continue
            any_read = True
            system = at.topic.removeprefix(self._topic_prefix)
            results = await self._handle(system, systems[system], [_event_of(each) for each in messages])
            sent = [
                await _send_result(producer, f"{at.topic}.results", result, f"{at.partition}/{each.offset}")
                for each, result in zip(messages, results, strict=True)
            ]
            await asyncio.gather(*sent)
            await reader.commit(at, messages[-1].offset + 1)
        return any_read

    async def _handle(self, system: str, unit: str, events: Sequence[Any]) -> list[Result]:
        """Retries until they are decided, as long as the database is unreachable."""
        who = Principal(by_system(system), "console", system=system, unit=unit)
        while True:
            try:
                return await self._handler.handle(who, system, unit, events, via="kafka")
            except TRANSIENT as error:
                _log.warning("ingress waits", system=system, error=repr(error))
                await asyncio.sleep(RETRY_DELAY)

    async def _systems(self) -> dict[str, str]:
        """The unit of each system that was ever registered."""
        register = await self._deps.replica.sync()
        return {entry.system: entry.unit for entry in register.systems.values()}

    def _topics_of(self, systems: dict[str, str]) -> list[str]:
        return sorted(topic_of(self._deps.settings.kafka_prefix, system) for system in systems)

    async def _ensure_topics(self, systems: dict[str, str]) -> None:
        settings = self._deps.settings
        for name in self._topics_of(systems):
            for topic in (name, f"{name}.results"):
                if topic not in self._existing:
                    await ensure_topic(settings.brokers, topic, 1, settings.replication, RETENTION)
                    self._existing.add(topic)
        await self._update_access()

    async def _update_access(self) -> None:
        """Systems that were retired lose access; what they had written before still gets its results."""
        register = self._deps.register
        await self._access.synchronise(
            [each for each in register.systems if register.system(each) is not None]
        )


async def _send_result(
    producer: AIOKafkaProducer, topic: str, result: Result, at: str
) -> Awaitable[RecordMetadata]:
    """Sends a result; the awaitable is done once the broker has it.

    A result too large for a message is sent with a general problem instead of its own.
    """
    key = (result.id or "").encode() or None
    headers = [("content-type", b"application/json"), ("at", at.encode())]
    try:
        sent: Awaitable[RecordMetadata] = await producer.send(
            topic, to_json(result), key=key, headers=headers
        )
    except MessageSizeTooLargeError as error:
        _log.error("a result that no message holds", topic=topic, at=at, error=repr(error))
        short = result.model_copy(update={"problem": problems.problem_of(refusals.unexpected())})
        sent = await producer.send(topic, to_json(short), key=key, headers=headers)
    return sent


def _event_of(message: ConsumerRecord | UndecodableMessage) -> Any:
    """The event of a message, or the BadInput for one that can't be read."""
    if isinstance(message, UndecodableMessage):
        return refusals.not_unpacked()
    headers = [(name.encode(), value or b"") for name, value in message.headers]
    content_type = next(
        (v.decode("ascii", "replace") for n, v in headers if n.lower() == b"content-type"), None
    )
    media_type = (content_type or "").partition(";")[0].strip().lower()
    body = message.value or b""
    try:
        if media_type == BATCH:
            raise input_errors.wrong_media_type(media_type)
        if media_type == ONE or not any(name.lower() == b"ce_specversion" for name, _ in headers):
            return envelope.parse(body)
        return envelope.binary(headers, content_type, body, kafka=True)
    except BadInput as error:
        return error
