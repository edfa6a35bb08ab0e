"""What Kafka can do to a subscription (twice, late, out of order, never), and what an error does: nothing is lost."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from gongkai.cli.mendable import Mendable
from gongkai.cli.resume import resumed
from gongkai.contracts.envelope import Place, read_record
from gongkai.ledger import read, subscribe
from gongkai.ledger.append import Appender
from gongkai.ledger.arrival import Arrived, Delivered, Key
from gongkai.ledger.decider import carry_out
from gongkai.ledger.subscribe import Subscription
from gongkai.runtime.cluster import Cluster
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


@dataclass
class Memory:
    """Remembers what was applied; raises for the numbers in `bad`."""

    applied: list[Place] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if number(what.record) in self.bad:
                raise ValueError("a handler that raises")
        self.applied += [what.place for what in batch]
        self.numbers += [number(what.record) for what in batch]


def subscription(
    pool: Any, memory: Memory, *, name: str = "review", logs: Sequence[Any] = (INTAKE,)
) -> Subscription:
    return Subscription(name, pool, logs, PARTITIONS, wall, handlers=[memory])


async def arrivals(pool: Any) -> dict[Key, list[Arrived]]:
    """The whole log as Kafka would bring it."""
    arrived: dict[Key, list[Arrived]] = {}
    for entry in await read.after(pool, INTAKE, -1, 10_000):
        key = (entry.place.log, entry.place.partition)
        arrived.setdefault(key, []).append(Arrived(entry.place.position, entry.raw))
    return arrived


async def fill(pool: Any, appender: Appender, numbers: Sequence[int]) -> None:
    for n in numbers:
        await carry_out(pool, appender, INTAKE, count(f"counter-{n % 9}", n), NOW)


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


async def test_a_handler_that_raises_stops_its_partition_only_and_goes_on_after_a_mend(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "RETRY", (0.0,))
    memory = Memory(bad={13})
    here = subscription(review_pool, memory)
    await here.open()
    await fill(pool, appender, range(40))
    whole = await arrivals(pool)
    await here.deliver(whole)
    (stopped,) = await review_pool.fetch("SELECT * FROM ledger.checkpoint WHERE stopped IS NOT NULL")
    assert "a handler that raises" in stopped["stopped"]
    others = [
        n
        for key, rs in whole.items()
        if key[1] != stopped["partition"]
        for n in (number(read_record(r.raw)) for r in rs)
    ]
    assert set(others) <= set(memory.numbers)
    assert 13 not in memory.numbers
    memory.bad.clear()
    await here.repair()
    assert sorted(memory.numbers) == list(range(40))
    assert not await review_pool.fetch("SELECT * FROM ledger.checkpoint WHERE stopped IS NOT NULL")


async def test_a_stopped_partition_goes_on_by_command(
    pool: Any,
    review_pool: Any,
    appender: Appender,
    fresh_database: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscribe, "RETRY", (3600.0,))  # nothing but the command helps
    monkeypatch.setattr(subscribe, "WATCH", 0.1)
    memory = Memory(bad={3})
    await fill(pool, appender, range(20))
    here = subscription(review_pool, memory)
    await here.open()
    (stopped,) = await review_pool.fetch(
        "SELECT log, partition FROM ledger.checkpoint WHERE stopped IS NOT NULL"
    )
    key = (stopped["log"], stopped["partition"])
    operator = fresh_database.dsn("ledger_owner")
    with pytest.raises(Mendable, match="may not be running"):
        await resumed(operator, "review", key, 0.3)
    async with running(here.watch()):
        while not await review_pool.fetchval(
            "SELECT count(*) FROM ledger.checkpoint WHERE stopped IS NOT NULL"
        ):
            await asyncio.sleep(0.02)  # it has seen that it may try again, and failed
        with pytest.raises(Mendable, match=r"stopped again.*a handler that raises"):
            await resumed(operator, "review", key)
        memory.bad.clear()
        assert "goes on" in (await resumed(operator, "review", key))[1]
        await until(lambda: sorted(memory.numbers) == list(range(20)))
        assert "wasn't stopped" in (await resumed(operator, "review", key))[1]
    with pytest.raises(Mendable, match="follows no"):
        await resumed(operator, "review", ("intake", 99))


async def test_what_kafka_never_brought_is_found_in_short_looks_behind_a_partition_that_stopped(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "RETRY", (3600.0,))
    monkeypatch.setattr(subscribe, "WATCH", 0.05)
    monkeypatch.setattr(subscribe, "LOOKED", 3)
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


async def test_a_log_restored_from_an_older_backup_is_not_followed_until_it_is_mended(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "WATCH", 0.1)
    await fill(pool, appender, range(8))
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    (one, other, *_) = [p for (_, p), at in here.seen.items() if at >= 0]
    await review_pool.execute("UPDATE ledger.checkpoint SET position = 30 WHERE partition = $1", one)
    await review_pool.execute(
        "UPDATE ledger.checkpoint SET event_id = gen_random_uuid() WHERE partition = $1", other
    )
    async with running(here.watch()):
        await until(lambda: len(here.stopped) == 2)
        await fill(pool, appender, range(8, 30))
        places = [e.place for e in await read.after(pool, INTAKE, 7, 100)]
        for place in places:
            if place.partition not in (one, other):
                assert await here.wait_for(place)
        assert {p.partition for p in memory.applied[8:]}.isdisjoint({one, other})
        why = {
            row["partition"]: row["stopped"]
            for row in await review_pool.fetch("SELECT partition, stopped FROM ledger.checkpoint")
        }
        assert f"has seen intake/{one}/30, but the log has" in why[one]
        assert "another event stands at" in why[other]


async def test_who_was_set_back_reads_again_from_there_before_anything_newer(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    await fill(pool, appender, range(20))
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    await review_pool.execute("UPDATE ledger.checkpoint SET position = -1, event_id = NULL")
    memory.numbers.clear()
    await fill(pool, appender, range(20, 40))
    whole = await arrivals(pool)
    await here.deliver(
        {key: [one for one in records if one.position >= 20] for key, records in whole.items()}
    )
    assert sorted(memory.numbers) == list(range(40))


async def test_behind_a_log_that_became_shorter_the_others_go_on(
    pool: Any, review_pool: Any, appender: Appender, fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "WATCH", 0.05)
    await fill(pool, appender, range(30))
    await fill(pool, appender, range(36, 360, 9))  # one stream only
    memory = Memory()
    here = subscription(review_pool, memory)
    await here.open()
    assert await here._heads()
    assert not await here._heads()
    longer = (await read.after(pool, INTAKE, 29, 100))[-1].place
    restored = await asyncpg.connect(fresh_database.admin(fresh_database.database))
    await restored.execute("SET session_replication_role = replica")  # as a restore does: past the triggers
    await restored.execute("DELETE FROM intake.log_entry WHERE position >= 30")
    await restored.execute("UPDATE intake.log_head SET size = 30")
    await restored.close()
    async with running(here.watch()):
        await until(lambda: here.stopped == {(longer.log, longer.partition)})
        await fill(pool, appender, range(1000, 1009))
        added = await read.after(pool, INTAKE, 29, 100)
        others = [number(e.record) for e in added if e.place.partition != longer.partition]
        assert others
        await until(lambda: set(others) <= set(memory.numbers))


@dataclass
class Asked(Subscription):
    """Counts how often the log is asked."""

    times: int = 0

    async def repair(self) -> None:
        self.times += 1
        await super().repair()


async def test_of_many_that_wait_for_what_kafka_does_not_bring_one_asks_the_log(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "IMPATIENCE", 0.05)
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
    forged = Arrived(records[1].position, records[1].raw.replace(b'"n":', b'"n":9'))
    await here.deliver({key: [records[0], forged, *records[2:]]})  # another's bytes at a position of the log
    await here.deliver({key: [Arrived(10_000, records[-1].raw)]})  # a position that the log doesn't have
    await here.deliver({key: [Arrived(10_001, b"not even a record")]})
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
