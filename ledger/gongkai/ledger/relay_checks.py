"""Is anybody ahead of the log? Then it was restored from an older backup, or the topic is another deployment's.

The relay halts and says why. Nothing is renumbered, and nothing is sent over what others hold to be the history.
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

PATIENCE = 5.0  # seconds for an answer of the broker

_MEND_ZH = "请恢复较新的备份，或改用另一 GONGKAI_KAFKA_PREFIX（或删除该主题），随后自动继续"
_MEND_EN = "restore a newer backup, or set another GONGKAI_KAFKA_PREFIX (or delete the topic); it then goes on by itself"


class Halted(Exception):
    """The relay may not go on. The message tells an operator why, and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


def other_partitions(zh: str, en: str, there: int, wanted: int) -> Halted:
    """`zh` and `en` name what has that many; a stream must stay in its partition for ever."""
    return Halted(
        f"{zh} 有 {there} 个分区，而设置为 {wanted} 个。分区数不可更改，请改 GONGKAI_PARTITIONS",
        f"{en} has {there} partitions, the setting is {wanted}. Their number never changes: "
        "mend GONGKAI_PARTITIONS",
    )


async def check_consumers(conn: Connection, log: LogId, sent: int) -> None:
    """Raises Halted when a subscription, or the relay's own note of what it sent, is ahead of the log."""
    furthest = await conn.fetchrow(
        "SELECT subscription, partition, position FROM ledger.checkpoint WHERE log = $1"
        " ORDER BY position DESC LIMIT 1",
        log.name,
    )
    size = await read.size(conn, log)  # read last, so that it can't have been less than what was seen of it
    if furthest is not None and furthest["position"] >= size:
        who, at = furthest["subscription"], f"{log.name}/{furthest['partition']}/{furthest['position']}"
        raise Halted(
            f"{who} 已处理到 {at}，而日志只有 {size} 条：日志是从旧备份恢复的。请恢复较新的备份",
            f"{who} has seen {at}, but the log has {size} entries: it was restored from an older backup. "
            "Restore a newer one",
        )
    if sent >= size:
        raise Halted(
            f"日志 {log.name} 已发送到位置 {sent}，而只有 {size} 条：日志是从旧备份恢复的。请恢复较新的备份",
            f"log {log.name} was sent up to position {sent}, but has {size} entries: it was restored from an "
            "older backup. Restore a newer one",
        )


async def check_broker(conn: Connection, log: LogId, topic: str, last: Mapping[int, Any]) -> None:
    """Raises Halted unless the last record of every partition is the log's, at its place and byte for byte."""
    size = await read.size(conn, log)
    leaves = {
        row["position"]: row["leaf"]
        for row in await conn.fetch(
            f"SELECT position, leaf FROM {log.schema}.log_entry WHERE log = $1 AND position = ANY($2)",
            log.name,
            [p for p in (_claimed(record) for record in last.values()) if 0 <= p < size],
        )
    }
    for partition, record in sorted(last.items()):
        at, place = _claimed(record), f"{topic}/{partition}@{record.offset}"
        if at < 0:
            raise Halted(
                f"{place} 不是本系统发送的：该主题另有写入者。{_MEND_ZH}",
                f"{place} was not sent by a relay: somebody else writes to this topic; {_MEND_EN}",
            )
        if at >= size:
            raise Halted(
                f"{place} 在位置 {at}，而日志只有 {size} 条：日志是从旧备份恢复的，或该主题属于另一部署。{_MEND_ZH}",
                f"{place} has position {at}, but the log has {size} entries: the log was restored from an older "
                f"backup, or the topic is another deployment's; {_MEND_EN}",
            )
        if leaf_hash(record.value or b"") != leaves[at]:
            raise Halted(
                f"{place} 与日志位置 {at} 的内容不同：日志是从旧备份恢复的，或该主题属于另一部署。{_MEND_ZH}",
                f"{place} differs from the log's position {at}: the log was restored from an older backup, or the "
                f"topic is another deployment's; {_MEND_EN}",
            )


def _claimed(record: Any) -> int:
    """The position in a record's header; -1 when a relay didn't write it."""
    claimed = dict(record.headers).get(POSITION, b"")
    return int(claimed) if claimed.isdigit() else -1


async def listed(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> list[int]:
    """Per partition, the end that the broker lists. The embedded one lists the first record of its last batch."""
    topics = [TopicPartition(topic, p) for p in range(partitions)]
    async with asyncio.timeout(PATIENCE):
        ends = await consumer.end_offsets(topics)
    return [ends[each] for each in topics]


@dataclass(frozen=True, slots=True)
class Tail:
    """What the broker can hand out. `ends`: the offsets that come next; `last`: by partition, the last record."""

    ends: list[int]
    last: Mapping[int, Any]
    hollow: (
        bool  # it lists records and has none: that happens to a topic that was written to before it was made
    )


async def tail(consumer: AIOKafkaConsumer, topic: str, partitions: int) -> Tail:
    """Ask for the last records themselves: only those count."""
    ends = await listed(consumer, topic, partitions)
    wanted = {TopicPartition(topic, p): end - 1 for p, end in enumerate(ends) if end > 0}
    if not wanted:
        return Tail(ends, {}, False)
    consumer.assign(list(wanted))
    for each, offset in wanted.items():
        consumer.seek(each, offset)
    last: dict[int, Any] = {}
    async with asyncio.timeout(PATIENCE):
        while not all(_reached(consumer, each, offset, last) for each, offset in wanted.items()):
            for each, records in (await consumer.getmany(timeout_ms=300)).items():
                last[each.partition] = records[-1]
    consumer.unsubscribe()
    ends = [last[p].offset + 1 if p in last else 0 for p in range(partitions)]
    return Tail(ends, last, hollow=not last)


def _reached(consumer: AIOKafkaConsumer, where: TopicPartition, offset: int, last: Mapping[int, Any]) -> bool:
    mark = consumer.highwater(where)
    at = last[where.partition].offset + 1 if where.partition in last else offset
    return mark is not None and mark <= at
