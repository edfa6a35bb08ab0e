"""Reading agencies' topics so that no message stops them: partition by partition, and past what can't be unpacked.

aiokafka unpacks messages when they are asked for. When it fails at one, it forgets what it had got from other
partitions in the same call, and stays before the bad message for ever: it names neither partition nor offset. So each
partition is asked by itself. After a failure it is asked for single messages; where the first of them fails, the
partition stands at the bad one, and is moved past it. What a producer packed into one batch behind a bad message may
be out of reach, too: each of those gets its own refusal.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, IllegalStateError, KafkaError, UnsupportedCodecError

IDLE: Final = 0.05  # seconds until an empty-handed reader looks again
WARY: Final = 10.0  # seconds for which messages come singly after one failed

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unpackable:
    """A message of which nothing is known but where it is."""

    offset: int


class Reading:
    """The partitions that one consumer holds. A helping is at most `most` messages of one of them."""

    def __init__(self, consumer: AIOKafkaConsumer, most: int) -> None:
        self._consumer, self._most = consumer, most
        self._wary: dict[TopicPartition, float] = {}  # until when (monotonic)

    def partitions(self) -> list[TopicPartition]:
        return sorted(self._consumer.assignment())

    async def helping(self, at: TopicPartition) -> Sequence[ConsumerRecord | Unpackable]:
        """What is there already, in order; nothing for a partition that was just taken away.

        Raises what Kafka itself has to say: that is no message's fault.
        """
        came: list[ConsumerRecord] = []
        one_by_one = self._wary.get(at, 0.0) > time.monotonic()
        try:
            while left := self._most - len(came):
                found = await self._consumer.getmany(at, timeout_ms=0, max_records=1 if one_by_one else left)
                if not found:
                    break
                came += found[at]
        except IllegalStateError:
            return came
        except Exception as error:
            if not _of_a_message(error):
                raise
            self._wary[at] = time.monotonic() + WARY
            if not one_by_one or came:
                return came  # and then it is asked again, from where these end
            return await self._past(at, error)
        return came

    async def done(self, at: TopicPartition, offset: int) -> None:
        """All before the offset has its answer."""
        await self._consumer.commit({at: offset})

    async def _past(self, at: TopicPartition, error: Exception) -> Sequence[Unpackable]:
        try:
            offset = await self._consumer.position(at)
            self._consumer.seek(at, offset + 1)
        except IllegalStateError:
            return []
        _log.error("a message that can't be unpacked", topic=at.topic, offset=offset, error=repr(error))
        return [Unpackable(offset)]


def _of_a_message(error: Exception) -> bool:
    """Whether unpacking failed: aiokafka says so in two ways of its own, or lets a decoder's error through."""
    if isinstance(error, KafkaError):
        return isinstance(error, CorruptRecordException | UnsupportedCodecError)
    return not isinstance(error, OSError | TimeoutError)
