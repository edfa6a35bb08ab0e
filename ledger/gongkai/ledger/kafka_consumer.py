"""A service's Kafka consumer group: FastStream hands batches to a subscription.

FastStream's `MANUAL` goes on past a batch whose handler raised. So the handler here never raises: what can't be
applied is stopped by the subscription and read again from the log. Offsets are committed after the effects; where a
consumer goes on after a restart is its checkpoint in PostgreSQL (`consumer_checkpoint`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from gongkai.ledger.brokers import Brokers
from gongkai.ledger.delivery import LogPartition, UnverifiedRecord
from gongkai.ledger.failpoint import reach
from gongkai.ledger.kafka import POSITION, PREFIX, start_client, topic_of, wait_for_topics
from gongkai.ledger.subscribe import Subscription

# Seconds without a heartbeat until a consumer counts as gone: the least that Apache Kafka allows.
SESSION_TIMEOUT = 6.0
# Milliseconds a poll may wait; FastStream sleeps as long again, without receiving, after a poll that brought nothing.
POLL_WAIT = 10 * 365 * 86_400_000

_log = structlog.get_logger(__name__)


def faststream_security(brokers: Brokers) -> BaseSecurity:
    """The same security settings as `Brokers.client`, as FastStream takes them."""
    settings = brokers.client()
    tls = settings.get("ssl_context")
    if "sasl_mechanism" not in settings:
        return BaseSecurity(ssl_context=tls)
    kind = {"SCRAM-SHA-512": SASLScram512, "SCRAM-SHA-256": SASLScram256, "PLAIN": SASLPlaintext}
    return kind[settings["sasl_mechanism"]](
        settings["sasl_plain_username"],
        settings["sasl_plain_password"],
        ssl_context=tls,
        use_ssl=tls is not None,
    )


async def _undecoded(message: KafkaMessage) -> Any:
    """The body as bytes. FastStream would parse it as JSON; records are parsed after `verify_against_log`."""
    return message.body


class KafkaConsumer:
    """One service's consumer group. Waits until broker and topics exist."""

    def __init__(
        self,
        brokers: Brokers,
        subscription: Subscription,
        prefix: str = PREFIX,
        session: float = SESSION_TIMEOUT,
    ) -> None:
        self._brokers, self._subscription = brokers, subscription
        self._broker = KafkaBroker(
            brokers.servers.split(","),
            security=faststream_security(brokers),
            logger=None,
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=5_000,  # so that later topics are noticed
        )
        self._logs = {topic_of(prefix, log): log for log in subscription.logs}
        self._broker.subscriber(
            *self._logs,
            batch=True,
            group_id=f"{prefix}.{subscription.name}",
            ack_policy=AckPolicy.MANUAL,
            decoder=_undecoded,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
            batch_timeout_ms=POLL_WAIT,
            max_records=500,
            session_timeout_ms=int(session * 1000),
            heartbeat_interval_ms=int(session * 1000 / 4),
            no_reply=True,
        )(self._handle)

    async def _handle(self, message: KafkaMessage) -> None:
        raw = message.raw_message
        assert isinstance(raw, tuple)
        while True:
            try:
                await self._subscription.deliver(self._records_of(raw))
                break
            except Exception as error:  # the database is unreachable: nothing was applied, so try again
                _log.warning("delivery waits", subscription=self._subscription.name, error=repr(error))
                await asyncio.sleep(0.5)
        reach("consumer.committed")
        try:
            await message.ack()
        except KafkaError as error:  # no loss: the checkpoint is in PostgreSQL
            _log.info("offsets not committed", subscription=self._subscription.name, error=repr(error))

    def _records_of(self, raw: Sequence[Any]) -> dict[LogPartition, list[UnverifiedRecord]]:
        arrived: dict[LogPartition, list[UnverifiedRecord]] = defaultdict(list)
        for message in raw:
            claimed = dict(message.headers).get(POSITION, b"")
            if not claimed.isdigit() or message.value is None:
                _log.error(
                    "not of the relay", topic=message.topic, partition=message.partition, at=message.offset
                )
                continue
            key = (self._logs[message.topic].name, message.partition)
            arrived[key].append(UnverifiedRecord(int(claimed), message.value))
        return arrived

    async def run(self) -> None:
        """Consume until cancelled."""
        try:
            while not await self._started():
                await self._broker.stop()
                await asyncio.sleep(0.5)
            await asyncio.Event().wait()
        finally:
            await self._broker.stop()

    async def _started(self) -> bool:
        try:
            await wait_for_topics(self._brokers, self._logs)
            await start_client(self._broker.start(), 30)
        except Exception as error:
            _log.info("no broker yet", subscription=self._subscription.name, error=repr(error))
            return False
        return True
