"""What the relay checks before it sends: that neither a consumer, nor the topic, nor its own cursor is ahead of the log.

Any of them is ahead when the log was restored from an older backup, or when the topic belongs to another deployment.
Then the relay halts and says why. It renumbers nothing, and appends nothing to a topic with another history.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from gongkai.ledger import read
from gongkai.ledger.kafka import POSITION
from gongkai.ledger.merkle import leaf_hash
from gongkai.ledger.read import Connection, LogId

BROKER_TIMEOUT = 5.0  # seconds for a response

_REMEDY_ZH = "请恢复较新的备份，或改用另一 GONGKAI_KAFKA_PREFIX（或删除该主题），随后自动继续"
_REMEDY_EN = "restore a newer backup, or set another GONGKAI_KAFKA_PREFIX (or delete the topic); it then goes on by itself"


class RelayHalted(Exception):
    """The relay must not go on. The message tells an operator why and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


def wrong_partition_count(zh: str, en: str, there: int, wanted: int) -> RelayHalted:
    """`zh` and `en` name what has that many partitions. The number is fixed, since a stream must stay in its partition."""
    return RelayHalted(
        f"{zh} 有 {there} 个分区，而设置为 {wanted} 个。分区数不可更改，请改 GONGKAI_PARTITIONS",
        f"{en} has {there} partitions, the setting is {wanted}. Their number never changes: "
        "mend GONGKAI_PARTITIONS",
    )


async def check_consumers(conn: Connection, log: LogId, sent: int) -> None:
    """Raises RelayHalted when a consumer's checkpoint or the relay's cursor (`sent`) is ahead of the log."""
    furthest = await conn.fetchrow(
        "SELECT subscription, partition, position FROM ledger.checkpoint WHERE log = $1"
        " ORDER BY position DESC LIMIT 1",
        log.name,
    )
    size = await read.size(conn, log)  # read after the checkpoints, which may advance meanwhile
    if furthest is not None and furthest["position"] >= size:
        who, at = furthest["subscription"], f"{log.name}/{furthest['partition']}/{furthest['position']}"
        raise RelayHalted(
            f"{who} 已处理到 {at}，而日志只有 {size} 条：日志是从旧备份恢复的。请恢复较新的备份",
            f"{who} has seen {at}, but the log has {size} entries: it was restored from an older backup. "
            "Restore a newer one",
        )
    if sent >= size:
        raise RelayHalted(
            f"日志 {log.name} 已发送到位置 {sent}，而只有 {size} 条：日志是从旧备份恢复的。请恢复较新的备份",
            f"log {log.name} was sent up to position {sent}, but has {size} entries: it was restored from an "
            "older backup. Restore a newer one",
        )


async def check_broker(conn: Connection, log: LogId, topic: str, last: Mapping[int, Any]) -> None:
    """Raises RelayHalted unless the last record of every partition is the log's, at the claimed position, byte for byte."""
    size = await read.size(conn, log)
    leaves = {
        row["position"]: row["leaf"]
        for row in await conn.fetch(
            f"SELECT position, leaf FROM {log.schema}.log_entry WHERE log = $1 AND position = ANY($2)",
            log.name,
            [p for p in (_claimed_position(record) for record in last.values()) if 0 <= p < size],
        )
    }
    for partition, record in sorted(last.items()):
        at, place = _claimed_position(record), f"{topic}/{partition}@{record.offset}"
        if at < 0:
            raise RelayHalted(
                f"{place} 不是本系统发送的：该主题另有写入者。{_REMEDY_ZH}",
                f"{place} was not sent by a relay: somebody else writes to this topic; {_REMEDY_EN}",
            )
        if at >= size:
            raise RelayHalted(
                f"{place} 在位置 {at}，而日志只有 {size} 条：日志是从旧备份恢复的，或该主题属于另一部署。{_REMEDY_ZH}",
                f"{place} has position {at}, but the log has {size} entries: the log was restored from an older "
                f"backup, or the topic is another deployment's; {_REMEDY_EN}",
            )
        if leaf_hash(record.value or b"") != leaves[at]:
            raise RelayHalted(
                f"{place} 与日志位置 {at} 的内容不同：日志是从旧备份恢复的，或该主题属于另一部署。{_REMEDY_ZH}",
                f"{place} differs from the log's position {at}: the log was restored from an older backup, or the "
                f"topic is another deployment's; {_REMEDY_EN}",
            )


def _claimed_position(record: Any) -> int:
    """The position in a record's header; -1 when there is none, so that no relay wrote it."""
    claimed = dict(record.headers).get(POSITION, b"")
    return int(claimed) if claimed.isdigit() else -1


async def end_offsets(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> list[int]:
    """Per partition, the end offset that the broker reports; the embedded one reports the first record of its last batch."""
    topics = [TopicPartition(topic, p) for p in range(partitions)]
    async with asyncio.timeout(BROKER_TIMEOUT):
        ends = await consumer.end_offsets(topics)
    return [ends[each] for each in topics]


@dataclass(frozen=True, slots=True)
class TopicTail:
    """The end of a topic, as far as the broker returns records.

    `next_offsets`: per partition; `last`: by partition, the last record. `unreadable`: the broker reports records but
    returns none, which happens to a topic that was written to before it was created.
    """

    next_offsets: list[int]
    last: Mapping[int, Any]
    unreadable: bool


async def read_topic_tail(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> TopicTail:
    """Fetch the last record of each partition, since the reported end offsets alone are not reliable."""
    ends = await end_offsets(consumer, topic, partitions)
    wanted = {TopicPartition(topic, p): end - 1 for p, end in enumerate(ends) if end > 0}
    if not wanted:
        return TopicTail(ends, {}, False)
    consumer.assign(list(wanted))
    for each, offset in wanted.items():
        consumer.seek(each, offset)
    last: dict[int, Any] = {}
    async with asyncio.timeout(BROKER_TIMEOUT):
        while not all(_at_end(consumer, each, offset, last) for each, offset in wanted.items()):
            for each, records in (await consumer.getmany(timeout_ms=300)).items():
                last[each.partition] = records[-1]
    consumer.unsubscribe()
    ends = [last[p].offset + 1 if p in last else 0 for p in range(partitions)]
    return TopicTail(ends, last, unreadable=not last)


def _at_end(consumer: AIOKafkaConsumer, where: TopicPartition, offset: int, last: Mapping[int, Any]) -> bool:
    """Whether everything before the high watermark has been fetched."""
    mark = consumer.highwater(where)
    at = last[where.partition].offset + 1 if where.partition in last else offset
    return mark is not None and mark <= at
