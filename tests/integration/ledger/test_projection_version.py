"""A projection whose fold has changed is rebuilt beside the live one, once, before anybody works on it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from gongkai.ledger import projection_version, rebuild, subscribe
from gongkai.ledger.append import Appender
from gongkai.ledger.projection_version import NEVER_FOLDED, VersionCheck, wait_until_current
from gongkai.ledger.rebuild_tables import CannotRebuild
from gongkai.ledger.subscribe import Handler, Subscription
from gongkai.operate.databases.cluster import MONITOR, Cluster
from tests.integration.ledger.conftest import INTAKE, PARTITIONS, wall
from tests.integration.ledger.test_projections import MADE, Tally, expected, fill, tally, view

OLD, NEW = Tally(), Tally(factor=2, version=2)


@pytest.fixture
async def owner(fresh_database: Cluster) -> AsyncIterator[Any]:
    conn = await asyncpg.connect(fresh_database.dsn("review_owner"))
    await conn.execute(MADE)
    yield conn
    await conn.close()


@pytest.fixture
async def monitor(fresh_database: Cluster) -> AsyncIterator[Any]:
    conn = await asyncpg.connect(fresh_database.dsn(MONITOR))
    yield conn
    await conn.close()


async def process(pool: Any, projection: Tally) -> Subscription:
    """A process of the service, as it starts."""
    await wait_until_current(pool, "review", "review", [projection])
    handlers: list[Handler] = [VersionCheck([projection]), projection]
    made = Subscription("review", pool, [INTAKE], PARTITIONS, wall, handlers=handlers)
    await made.open()
    return made


async def see_all(process: Subscription) -> None:
    process._behind.update(process.seen)
    await process.catch_up()


async def stored(conn: Any, projection: Tally) -> int:
    return await projection_version.stored(conn, "review", "review", projection)


async def test_where_nothing_was_folded_nothing_is_rebuilt(
    review_pool: Any, owner: Any, monitor: Any
) -> None:
    await asyncio.wait_for(process(review_pool, NEW), 10)
    assert await rebuild.bring_to_version(monitor, owner, view(NEW)) is None
    assert await projection_version.recorded(monitor, "review", NEW) == 2


async def test_a_changed_one_is_rebuilt_once_before_its_service_works(
    *, pool: Any, appender: Appender, review_pool: Any, owner: Any, monitor: Any, fresh_database: Cluster
) -> None:
    before = await process(review_pool, OLD)
    await fill(pool, appender, range(40))
    await see_all(before)
    starting = [asyncio.create_task(process(review_pool, NEW)) for _ in range(2)]  # replicas
    await fill(pool, appender, range(40, 50))
    await see_all(before)  # the release before works on meanwhile
    assert await tally(owner) == expected(range(50))
    assert not any(task.done() for task in starting)
    assert await stored(monitor, NEW) == 1

    another, reads = (
        await asyncpg.connect(fresh_database.dsn("review_owner")),
        await asyncpg.connect(fresh_database.dsn(MONITOR)),
    )
    done = await asyncio.gather(
        rebuild.bring_to_version(monitor, owner, view(NEW)),
        rebuild.bring_to_version(reads, another, view(NEW)),
    )
    await another.close()
    await reads.close()
    assert sorted(each is None for each in done) == [False, True]
    first, second = await asyncio.wait_for(asyncio.gather(*starting), 10)
    assert await tally(owner) == expected(range(50), factor=2)
    await fill(pool, appender, range(50, 60))
    await asyncio.gather(see_all(first), see_all(second))
    assert await tally(owner) == expected(range(60), factor=2)


async def test_a_process_of_the_release_before_changes_nothing_any_more(
    *,
    pool: Any,
    appender: Appender,
    review_pool: Any,
    owner: Any,
    monitor: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscribe, "RETRY", (0.0,))
    before = await process(review_pool, OLD)
    await fill(pool, appender, range(20))
    await see_all(before)
    await rebuild.bring_to_version(monitor, owner, view(NEW))
    await fill(pool, appender, range(20, 30))
    await see_all(before)
    assert await tally(owner) == expected(range(20), factor=2)
    why = {
        row["stopped"]
        for row in await monitor.fetch("SELECT stopped FROM ledger.checkpoint WHERE stopped IS NOT NULL")
    }
    assert why
    assert all("version 2, this program folds by 1" in each for each in why)
    now = await process(review_pool, NEW)
    await see_all(now)
    assert await tally(owner) == expected(range(30), factor=2)


async def test_one_that_came_to_a_log_with_history_gets_that_history(
    pool: Any, appender: Appender, review_pool: Any, owner: Any, monitor: Any
) -> None:
    await fill(pool, appender, range(20))
    await Subscription("review", review_pool, [INTAKE], PARTITIONS, wall).open()
    assert await stored(monitor, OLD) == NEVER_FOLDED
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(process(review_pool, OLD), 0.2)
    assert await rebuild.bring_to_version(monitor, owner, view(OLD)) is not None
    await asyncio.wait_for(process(review_pool, OLD), 10)
    assert await tally(owner) == expected(range(20))


async def test_the_release_before_switches_back_and_no_other_may(
    pool: Any, appender: Appender, review_pool: Any, owner: Any, monitor: Any
) -> None:
    before = await process(review_pool, OLD)
    await fill(pool, appender, range(20))
    await see_all(before)
    await rebuild.bring_to_version(monitor, owner, view(NEW))
    with pytest.raises(CannotRebuild, match="of version 1"):
        await rebuild.switch_back(monitor, owner, replace(view(NEW)))
    await rebuild.switch_back(monitor, owner, view(OLD))
    await fill(pool, appender, range(20, 25))
    await see_all(await process(review_pool, OLD))
    assert await tally(owner) == expected(range(25))
