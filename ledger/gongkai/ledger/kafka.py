"""The ledger's ends of Kafka: topics with the right settings, and FastStream's delivery into a subscription.

FastStream's `MANUAL` goes on past a batch whose handler raised. So the handler here never raises: what can't be
applied is kept by the subscription (stopped, and read again from the log), and offsets are committed after the fact.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from gongkai.ledger.brokers import Brokers
from gongkai.ledger.delivery import Arrived, Key
from gongkai.ledger.failpoint import reach
from gongkai.ledger.read import LogId
from gongkai.ledger.subscribe import Subscription

POSITION, PREVIOUS, COMMITTED_AT, TRACE = "position", "previous", "committedat", "traceparent"
PREFIX = "gongkai"  # of topics and consumer groups
SESSION = (
    6.0  # seconds without a heartbeat until a consumer counts as gone: the least that Apache Kafka allows
)
# milliseconds a poll may wait; FastStream sleeps as long again, deaf, after a poll that brought nothing
FOREVER = 10 * 365 * 86_400_000

_log = structlog.get_logger(__name__)


def topic_of(prefix: str, log: LogId) -> str:
    """The log's topic. `prefix` is the deployment's own: several may share a Kafka."""
    return f"{prefix}.{log.name}"


async def started(start: Coroutine[Any, Any, Any], seconds: float = 5.0) -> None:
    """Start a client of aiokafka. Whoever cancels us waits for it: one that is cancelled leaves a connection open."""
    task = asyncio.ensure_future(start)
    try:
        async with asyncio.timeout(seconds):  # wait_for would lose a cancellation that comes with the result
            await asyncio.shield(task)
    except BaseException:
        await asyncio.wait([task], timeout=seconds)
        if not task.cancel() and not task.cancelled():
            task.exception()  # looked at, so that nobody is told that it wasn't
        raise


async def ensure_topic(
    brokers: Brokers, topic: str, partitions: int, replication: int, kept: timedelta | None = None
) -> int:
    """Make the topic if it isn't there, partition count fixed for good. How many it has. What is in it is `kept` for
    so long; None: it never expires.
    """
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await started(admin.start())
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
        answer = await admin.create_topics([new])
        for _, code, *says in answer.topic_errors:  # aiokafka hands refusals back, it doesn't raise them
            if code not in (NoError.errno, TopicAlreadyExistsError.errno):
                raise for_code(code)(*says)
        [described] = await admin.describe_topics([topic])
        if described["error_code"] != NoError.errno:
            raise for_code(described["error_code"])(topic)
        return len(described["partitions"])
    finally:
        await admin.close()


async def topics_there(brokers: Brokers, topics: Collection[str]) -> None:
    """Until all of them are made: a consumer that comes before its topics sees them only seconds later."""
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await started(admin.start())
        while not set(topics) <= set(await admin.list_topics()):  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def delete_topic(brokers: Brokers, topic: str) -> None:
    """For one that holds nothing."""
    admin = AIOKafkaAdminClient(**brokers.client())
    try:
        await started(admin.start())
        await admin.delete_topics([topic])
    finally:
        await admin.close()


def for_faststream(brokers: Brokers) -> BaseSecurity:
    """What `Brokers.client` says, in FastStream's words."""
    said = brokers.client()
    tls = said.get("ssl_context")
    if "sasl_mechanism" not in said:
        return BaseSecurity(ssl_context=tls)
    kind = {"SCRAM-SHA-512": SASLScram512, "SCRAM-SHA-256": SASLScram256, "PLAIN": SASLPlaintext}
    return kind[said["sasl_mechanism"]](
        said["sasl_plain_username"], said["sasl_plain_password"], ssl_context=tls, use_ssl=tls is not None
    )


async def _as_it_came(message: KafkaMessage) -> Any:
    """FastStream would read each record as JSON, and nobody would look at that: records are read in `prove`."""
    return message.body


class Delivery:
    """One service's consumer group. Starts when the broker is there, and starts again when it comes back."""

    def __init__(
        self, brokers: Brokers, subscription: Subscription, prefix: str = PREFIX, session: float = SESSION
    ) -> None:
        self._brokers, self._subscription = brokers, subscription
        self._broker = KafkaBroker(
            brokers.servers.split(","),
            security=for_faststream(brokers),
            logger=None,
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=5_000,  # topics that were made after the consumer are noticed by then
        )
        self._logs = {topic_of(prefix, log): log for log in subscription.logs}
        self._broker.subscriber(
            *self._logs,
            batch=True,
            group_id=f"{prefix}.{subscription.name}",
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_it_came,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
            batch_timeout_ms=FOREVER,
            max_records=500,
            session_timeout_ms=int(session * 1000),
            heartbeat_interval_ms=int(session * 1000 / 4),
            no_reply=True,
        )(self._take)

    async def _take(self, message: KafkaMessage) -> None:
        raw = message.raw_message
        assert isinstance(raw, tuple)
        while True:
            try:
                await self._subscription.deliver(self._arrived(raw))
                break
            except Exception as error:  # the database is away: nothing was seen, so the same again
                _log.warning("delivery waits", subscription=self._subscription.name, error=repr(error))
                await asyncio.sleep(0.5)
        reach("consumer.committed")
        try:
            await message.ack()
        except KafkaError as error:  # offsets are a convenience: the checkpoint is in PostgreSQL
            _log.info("offsets not committed", subscription=self._subscription.name, error=repr(error))

    def _arrived(self, raw: Sequence[Any]) -> dict[Key, list[Arrived]]:
        arrived: dict[Key, list[Arrived]] = defaultdict(list)
        for message in raw:
            claimed = dict(message.headers).get(POSITION, b"")
            if not claimed.isdigit() or message.value is None:
                _log.error(
                    "not of the relay", topic=message.topic, partition=message.partition, at=message.offset
                )
                continue
            key = (self._logs[message.topic].name, message.partition)
            arrived[key].append(Arrived(int(claimed), message.value))
        return arrived

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while not await self._started():
                await self._broker.stop()
                await asyncio.sleep(0.5)
            await asyncio.Event().wait()
        finally:
            await self._broker.stop()

    async def _started(self) -> bool:
        try:
            await topics_there(self._brokers, self._logs)
            await started(self._broker.start(), 30)
        except Exception as error:
            _log.info("no broker yet", subscription=self._subscription.name, error=repr(error))
            return False
        return True
