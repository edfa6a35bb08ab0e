"""Whatever Kafka delivers (twice, late, out of order, never): nothing is lost, and nothing is applied twice."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import pytest

from gongkai.contracts.envelope import Place, read_record
from gongkai.ledger import read, subscribe
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.ledger.delivery import UnverifiedRecord
from gongkai.ledger.subscribe import Subscription
from tests.integration.ledger.conftest import (
    INTAKE,
    NOW,
    PARTITIONS,
    REVIEW,
    count,
    number,
    running,
    until,
    wall,
)
from tests.integration.ledger.following import Memory, arrivals, fill, subscription


@pytest.mark.parametrize("seed", range(5))
async def test_any_delivery_applies_each_record_once_and_in_order(
    pool: Any, review_pool: Any, appender: Appender, seed: int
) -> None:
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    await fill(pool, appender, range(60))
    whole = await arrivals(pool)
    chance = random.Random(seed)
    for _ in range(12):  # slices that overlap, leave gaps, and come in any order
        piece = {}
        for key, records in whole.items():
            start = chance.randrange(len(records))
            once = records[start : start + chance.randrange(1, 9)]
            piece[key] = once + once  # a relay that died before its cursor sends again
        await here.deliver(piece)
    await here.deliver(whole)
    assert sorted(memory.numbers) == list(range(60))
    for partition in range(PARTITIONS):
        mine = [p.position for p in memory.applied if p.partition == partition]
        assert mine == sorted(mine)


async def test_what_kafka_never_brought_is_found_in_short_looks_behind_a_partition_that_stopped(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "RETRY", (3600.0,))
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 0.05)
    monkeypatch.setattr(subscribe, "WATCH_BATCH", 3)
    memory = Memory(bad={0})
    await fill(pool, appender, range(1))
    here = subscription(review_pool, memory)
    await here.open()
    (stopped,) = here.stopped
    await fill(pool, appender, range(1, 60))
    entries = await read.after(pool, INTAKE, -1, 100)
    others = [n for n, entry in enumerate(entries) if entry.place.partition != stopped[1]]
    assert 0 < len(others) < 60
    async with running(here.watch()):
        await until(lambda: memory.numbers and sorted(memory.numbers) == others)
        memory.bad.clear()
        await review_pool.execute("UPDATE ledger.checkpoint SET stopped = NULL")
        last = {(entry.place.log, entry.place.partition): entry.place.position for entry in entries}
        await until(lambda: last.items() <= here.seen.items())
    assert sorted(memory.numbers) == list(range(60))
    await here._heads()
    assert await here._heads() == {}, "what was found applied is looked at again"


@dataclass
class Asked(Subscription):
    """Counts how often the log is asked."""

    times: int = 0

    async def catch_up(self) -> None:
        self.times += 1
        await super().catch_up()


async def test_of_many_that_wait_for_what_kafka_does_not_bring_one_asks_the_log(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "ASK_LOG_AFTER", 0.05)
    here = Asked("review", review_pool, (INTAKE,), PARTITIONS, wall, handlers=[Memory()])
    await here.open()
    await fill(pool, appender, range(20))
    before = here.times
    places = [entry.place for entry in await read.after(pool, INTAKE, -1, 100)]
    assert all(await asyncio.gather(*(here.wait_for(place) for place in places * 5)))
    assert here.times - before == 1


async def test_two_replicas_share_the_work_and_nothing_is_applied_twice(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    memory = Memory()
    here, there = subscription(review_pool, memory), subscription(review_pool, memory)
    await fill(pool, appender, range(10))
    await here.open()
    await there.open()
    await fill(pool, appender, range(10, 60))
    whole = await arrivals(pool)
    await asyncio.gather(*(one.deliver(whole) for one in (here, there, here, there)))
    assert sorted(memory.numbers) == list(range(60))


async def test_what_is_not_in_the_log_is_never_applied(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    await fill(pool, appender, range(20))
    whole = await arrivals(pool)
    key, records = next(iter(whole.items()))
    forged = UnverifiedRecord(records[1].position, records[1].raw.replace(b'"n":', b'"n":9'))
    await here.deliver({key: [records[0], forged, *records[2:]]})  # another's bytes at a position of the log
    await here.deliver(
        {key: [UnverifiedRecord(10_000, records[-1].raw)]}
    )  # a position that the log doesn't have
    await here.deliver({key: [UnverifiedRecord(10_001, b"not even a record")]})
    assert memory.applied == [p for p in memory.applied if p.partition == key[1]]
    assert memory.numbers == [number(read_record(r.raw)) for r in records]
    await here.deliver(whole)
    assert sorted(memory.numbers) == list(range(20))


async def test_what_kafka_never_brought_is_read_from_the_log(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    await fill(pool, appender, range(30))
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    assert sorted(memory.numbers) == list(range(30))


async def test_a_second_life_goes_on_where_the_first_ended(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    memory = Memory()
    await fill(pool, appender, range(10))
    await subscription(review_pool, memory).open()
    await fill(pool, appender, range(10, 20))
    await subscription(review_pool, memory).open()
    assert sorted(memory.numbers) == list(range(20))


async def test_a_record_waits_for_its_cause_in_another_partition(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    first = await carry_out(pool, appender, INTAKE, count("counter-1", 1), NOW)
    assert first.place is not None
    stream = next(f"counter-{n}" for n in range(2, 99) if _partition(f"counter-{n}") != first.place.partition)
    await carry_out(pool, appender, INTAKE, count(stream, 2, cause=first.place), NOW)
    whole = await arrivals(pool)
    effect = {key: records for key, records in whole.items() if key[1] == _partition(stream)}
    await here.deliver(effect)
    assert memory.numbers == []
    await here.deliver(whole)
    assert memory.numbers == [1, 2]


async def test_a_cause_in_a_log_that_is_not_followed_is_not_waited_for(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    memory = Memory()
    await carry_out(pool, appender, INTAKE, count("counter-1", 1, cause=Place("review", 0, 77)), NOW)
    await subscription(review_pool, memory).open()
    assert memory.numbers == [1]
    strict = Memory()
    await subscription(review_pool, strict, name="strict", logs=(INTAKE, REVIEW)).open()
    assert strict.numbers == []


def _partition(stream: str) -> int:
    from gongkai.ledger.partition import partition_of

    return partition_of(stream, PARTITIONS)
