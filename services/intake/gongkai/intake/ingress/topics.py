"""The door over Kafka: a topic for each registered system, and one for what became of its events.

Who writes into a system's topic speaks as that system: the broker's own access lists see to it that nobody else does
(access.py). Results are produced before offsets are committed, so that a crash in between says them again, and
finds the events as duplicates. No message ever stops a topic: what can't be read, or not even be unpacked, has its
result, too (reading.py).
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
from gongkai.intake.ingress import envelope, faults, refusals
from gongkai.intake.ingress.access import Access, topic_of
from gongkai.intake.ingress.door import AWAY, TOGETHER, Door
from gongkai.intake.ingress.reading import IDLE, Reading, Unpackable
from gongkai.ledger.kafka import ensure_topic, start_client
from gongkai.runtime.identity import Principal, by_system
from gongkai.runtime.service import Dependencies

KEPT: Final = timedelta(days=7)  # of both topics
PAUSE: Final = 0.5  # seconds until new systems are looked for, and between two attempts

_log = structlog.get_logger(__name__)


class Topics:
    """One consumer for all systems' topics; several intakes share them out."""

    def __init__(self, deps: Dependencies, door: Door) -> None:
        self._deps, self._door = deps, door
        self._start = topic_of(deps.settings.kafka_prefix, "")
        self._made: set[str] = set()
        self._access = Access(deps.settings.brokers, deps.settings.kafka_prefix)

    async def run(self) -> None:
        """Until cancelled. Starts again whenever the broker was away."""
        while True:
            try:
                await self._serve()
            except Exception as error:
                _log.info("ingress waits for the broker", error=repr(error))
            await asyncio.sleep(PAUSE)

    async def _serve(self) -> None:
        settings = self._deps.settings
        systems = await self._systems()
        await self._make(systems)
        if not systems:
            return
        consumer = AIOKafkaConsumer(
            *self._names(systems),
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
            reading = Reading(consumer, TOGETHER)
            while True:
                now = await self._systems()
                if now.keys() != systems.keys():
                    await self._make(now)
                    return  # and begin again with the new ones
                systems = now
                await self._grant()
                if not await self._round(reading, producer, systems):
                    await asyncio.sleep(IDLE)
        finally:
            await consumer.stop()
            await producer.stop()

    async def _round(self, reading: Reading, producer: AIOKafkaProducer, systems: dict[str, str]) -> bool:
        """A helping from each topic: handed in, answered, committed. Whether there was anything."""
        any_came = False
        for at in reading.partitions():
            came = await reading.helping(at)
            if not came:
                continue
            any_came = True
            system = at.topic.removeprefix(self._start)
            results = await self._hand_in(system, systems[system], [_event(each) for each in came])
            sent = [
                await _answer(producer, f"{at.topic}.results", result, f"{at.partition}/{each.offset}")
                for each, result in zip(came, results, strict=True)
            ]
            await asyncio.gather(*sent)
            await reading.done(at, came[-1].offset + 1)
        return any_came

    async def _hand_in(self, system: str, unit: str, events: Sequence[Any]) -> list[Result]:
        """Until they are decided: while the database is away, the same again."""
        who = Principal(by_system(system), "console", system=system, unit=unit)
        while True:
            try:
                return await self._door.take(who, system, unit, events, via="kafka")
            except AWAY as error:
                _log.warning("ingress waits", system=system, error=repr(error))
                await asyncio.sleep(PAUSE)

    async def _systems(self) -> dict[str, str]:
        """The unit of each system that was ever registered."""
        register = await self._deps.replica.sync()
        return {entry.system: entry.unit for entry in register.systems.values()}

    def _names(self, systems: dict[str, str]) -> list[str]:
        return sorted(topic_of(self._deps.settings.kafka_prefix, system) for system in systems)

    async def _make(self, systems: dict[str, str]) -> None:
        settings = self._deps.settings
        for name in self._names(systems):
            for topic in (name, f"{name}.results"):
                if topic not in self._made:
                    await ensure_topic(settings.brokers, topic, 1, settings.replication, KEPT)
                    self._made.add(topic)
        await self._grant()

    async def _grant(self) -> None:
        """What a retired system had written before still gets its answers; but it writes no more."""
        register = self._deps.register
        await self._access.settle([each for each in register.systems if register.system(each) is not None])


async def _answer(
    producer: AIOKafkaProducer, topic: str, result: Result, at: str
) -> Awaitable[RecordMetadata]:
    """Sends a result; what comes back is there once the broker has it.

    One that no message can hold is told without what was wrong, rather than never.
    """
    key = (result.id or "").encode() or None
    headers = [("content-type", b"application/json"), ("at", at.encode())]
    try:
        sent: Awaitable[RecordMetadata] = await producer.send(
            topic, to_json(result), key=key, headers=headers
        )
    except MessageSizeTooLargeError as error:
        _log.error("a result that no message holds", topic=topic, at=at, error=repr(error))
        short = result.model_copy(update={"problem": faults.problem_of(refusals.unexpected())})
        sent = await producer.send(topic, to_json(short), key=key, headers=headers)
    return sent


def _event(message: ConsumerRecord | Unpackable) -> Any:
    """What the message says; a BadInput for one that says nothing that can be read."""
    if isinstance(message, Unpackable):
        return refusals.not_unpacked()
    headers = [(name.encode(), value or b"") for name, value in message.headers]
    content_type = next(
        (v.decode("ascii", "replace") for n, v in headers if n.lower() == b"content-type"), None
    )
    media_type = (content_type or "").partition(";")[0].strip().lower()
    body = message.value or b""
    try:
        if media_type == BATCH:
            raise faults.other_media(media_type)
        if media_type == ONE or not any(name.lower() == b"ce_specversion" for name, _ in headers):
            return envelope.parse(body)
        return envelope.binary(headers, content_type, body, kafka=True)
    except BadInput as error:
        return error
