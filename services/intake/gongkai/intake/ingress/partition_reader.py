"""Reads agencies' topics partition by partition, and skips messages that can't be decoded, so that none stops a topic.

aiokafka decodes messages when they are fetched. When one fails, it drops what it had fetched from other partitions in
the same call, and stays before the bad message for ever: the error names neither partition nor offset. So each partition
is read by itself. After a failure single messages are read; when the first of them fails, the partition's position is
the bad one's, and is moved past it. Messages behind a bad one in the same producer batch may be undecodable, too: each
of those gets its own refusal.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, IllegalStateError, KafkaError, UnsupportedCodecError

IDLE_DELAY: Final = 0.05  # seconds between two reads when there was nothing
SINGLE_PERIOD: Final = 10.0  # seconds for which messages come singly after one failed

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class UndecodableMessage:
    """A message of which only the offset is known."""

    offset: int


class PartitionReader:
    """The partitions that one consumer holds. A read returns at most `max_messages` of one of them."""

    def __init__(self, consumer: AIOKafkaConsumer, max_messages: int) -> None:
        self._consumer, self._max = consumer, max_messages
        self._single_until: dict[TopicPartition, float] = {}  # monotonic

    def partitions(self) -> list[TopicPartition]:
        return sorted(self._consumer.assignment())

    async def read(self, at: TopicPartition) -> Sequence[ConsumerRecord | UndecodableMessage]:
        """What has been fetched already, in order; nothing for a partition that was just revoked.

        Raises Kafka's own errors, which no message causes.
        """
        messages: list[ConsumerRecord] = []
        one_by_one = self._single_until.get(at, 0.0) > time.monotonic()
        try:
            while left := self._max - len(messages):
                found = await self._consumer.getmany(at, timeout_ms=0, max_records=1 if one_by_one else left)
                if not found:
                    break
                messages += found[at]
        except IllegalStateError:
            return messages
        except Exception as error:
            if not _is_decoding_error(error):
                raise
            self._single_until[at] = time.monotonic() + SINGLE_PERIOD
            if not one_by_one or messages:
                return messages  # the next read begins where these end
            return await self._skip(at, error)
        return messages

    async def commit(self, at: TopicPartition, offset: int) -> None:
        """All messages before the offset have their results."""
        await self._consumer.commit({at: offset})

    async def _skip(self, at: TopicPartition, error: Exception) -> Sequence[UndecodableMessage]:
        try:
            offset = await self._consumer.position(at)
            self._consumer.seek(at, offset + 1)
        except IllegalStateError:
            return []
        _log.error("a message that can't be unpacked", topic=at.topic, offset=offset, error=repr(error))
        return [UndecodableMessage(offset)]


def _is_decoding_error(error: Exception) -> bool:
    """Whether decoding failed: aiokafka raises two errors of its own for it, or lets a decoder's error through."""
    if isinstance(error, KafkaError):
        return isinstance(error, CorruptRecordException | UnsupportedCodecError)
    return not isinstance(error, OSError | TimeoutError)
