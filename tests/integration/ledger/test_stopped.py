"""What stops a partition (a handler that raises, a log that was replaced) and how an operator resumes it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from gongkai.contracts.envelope import read_record
from gongkai.contracts.errors import UserError
from gongkai.ledger import read, subscribe
from gongkai.ledger.append import Appender
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.logs.resume import resume_partition
from tests.integration.ledger.conftest import INTAKE, number, running, until
from tests.integration.ledger.following import Memory, arrivals, fill, subscription


async def test_a_handler_that_raises_stops_its_partition_only_and_goes_on_after_a_fix(
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
    await here.catch_up()
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
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 0.1)
    memory = Memory(bad={3})
    await fill(pool, appender, range(20))
    here = subscription(review_pool, memory)
    await here.open()
    (stopped,) = await review_pool.fetch(
        "SELECT log, partition FROM ledger.checkpoint WHERE stopped IS NOT NULL"
    )
    key = (stopped["log"], stopped["partition"])
    operator = fresh_database.dsn("ledger_owner")
    with pytest.raises(UserError, match="may not be running"):
        await resume_partition(operator, "review", key, 0.3)
    async with running(here.watch()):
        while not await review_pool.fetchval(
            "SELECT count(*) FROM ledger.checkpoint WHERE stopped IS NOT NULL"
        ):
            await asyncio.sleep(0.02)  # it has seen that it may try again, and failed
        with pytest.raises(UserError, match=r"stopped again.*a handler that raises"):
            await resume_partition(operator, "review", key)
        memory.bad.clear()
        assert "goes on" in (await resume_partition(operator, "review", key))[1]
        await until(lambda: sorted(memory.numbers) == list(range(20)))
        assert "wasn't stopped" in (await resume_partition(operator, "review", key))[1]
    with pytest.raises(UserError, match="follows no"):
        await resume_partition(operator, "review", ("intake", 99))


async def test_a_log_restored_from_an_older_backup_is_not_followed_until_it_is_repaired(
    pool: Any, review_pool: Any, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 0.1)
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
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 0.05)
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
