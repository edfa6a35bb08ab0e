"""One leader, and another soon after it is gone; and a relay that halts when the broker or a consumer is ahead of the log."""

import asyncio
import time
from typing import Any

import asyncpg
import pytest

from gongkai.ledger import relay as relays
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.ledger.read import LogId
from gongkai.ledger.relay import Relay
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.settings import KafkaSettings
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, count, running

ANOTHERS = LogId("intake", "review")  # of the same name, with another history

_LEADER = """
SELECT a.pid FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory' AND l.granted
WHERE a.datname = current_database() AND a.application_name = 'gongkai.relay'
"""


def relay(cluster: Cluster, pool: Any, broker: str, log: LogId = INTAKE, **more: Any) -> Relay:
    dsn = cluster.dsn(f"{log.schema}_writer")
    partitions = more.pop("partitions", PARTITIONS)
    brokers = KafkaSettings(kafka=broker).brokers
    return Relay(dsn, pool, log, brokers, partitions, 1, prefix=more.pop("prefix", cluster.database))


async def fill(pool: Any, log: LogId, numbers: range) -> None:
    appender = Appender(pool, log, PARTITIONS)
    for n in numbers:
        await carry_out(pool, appender, log, count(f"{log.schema}-{n}", n), NOW)
    await appender.close()


async def sent(pool: Any, log: LogId, position: int, seconds: float = 30) -> float:
    """How long it took until the relay had sent up to that position."""
    start = time.monotonic()
    while (
        await pool.fetchval(f"SELECT sent FROM {log.schema}.log_relay WHERE log = $1", log.name) != position
    ):
        assert time.monotonic() - start < seconds, "never sent"
        await asyncio.sleep(0.02)
    return time.monotonic() - start


async def halted(pool: Any, log: LogId) -> str:
    """Why it halted, once it has."""
    for _ in range(1500):
        why = await pool.fetchval(f"SELECT halted FROM {log.schema}.log_relay WHERE log = $1", log.name)
        if why is not None:
            return str(why)
        await asyncio.sleep(0.02)
    raise AssertionError("never halted")


@pytest.fixture
async def admin(fresh_database: Cluster) -> Any:
    conn = await asyncpg.connect(fresh_database.admin(fresh_database.database))
    yield conn
    await conn.close()


async def test_when_the_leader_dies_another_goes_on_within_seconds(
    pool: Any, broker: str, fresh_database: Cluster, admin: Any
) -> None:
    first, second = (asyncio.create_task(relay(fresh_database, pool, broker).run()) for _ in range(2))
    await asyncio.sleep(0)  # the first asks for the lock first
    await fill(pool, INTAKE, range(3))
    await sent(pool, INTAKE, 2)
    (leader,) = await admin.fetch(_LEADER)
    first.cancel()
    await admin.execute("SELECT pg_terminate_backend($1)", leader["pid"])
    await fill(pool, INTAKE, range(3, 6))
    took = await sent(pool, INTAKE, 5)
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert took < 5


async def test_a_leader_that_freezes_is_replaced(
    pool: Any, broker: str, fresh_database: Cluster, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = relay(fresh_database, pool, broker)
    async with running(frozen.run()):
        await fill(pool, INTAKE, range(1))
        await sent(pool, INTAKE, 0)
        (leader,) = await admin.fetch(_LEADER)
        with monkeypatch.context() as patch:
            patch.setattr(relays, "HEARTBEAT", 3600)
            await asyncio.sleep(relays.HEARTBEAT and 1.2)  # the last beat was a second ago at most
            start = time.monotonic()
            async with running(relay(fresh_database, pool, broker).run()):
                while [row["pid"] for row in await admin.fetch(_LEADER)] in ([leader["pid"]], []):
                    assert time.monotonic() - start < 5
                    await asyncio.sleep(0.05)


async def test_a_broker_ahead_of_the_log_halts_the_relay_and_nothing_is_renumbered(
    pool: Any, review_pool: Any, broker: str, fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "RECHECK", 0.2)
    await fill(pool, INTAKE, range(9))
    async with running(relay(fresh_database, pool, broker).run()):
        await sent(pool, INTAKE, 8)
    await fill(review_pool, ANOTHERS, range(1))
    async with running(relay(fresh_database, review_pool, broker, ANOTHERS).run()):
        assert "the log has 1 entries" in await halted(review_pool, ANOTHERS)
        await fill(review_pool, ANOTHERS, range(1, 12))
        while "differs from the log's position" not in await halted(review_pool, ANOTHERS):
            await asyncio.sleep(0.02)
    row = await review_pool.fetchrow("SELECT * FROM review.log_relay")
    assert row["sent"] == -1
    async with running(
        relay(fresh_database, review_pool, broker, ANOTHERS, prefix=f"{fresh_database.database}-2").run()
    ):
        await sent(review_pool, ANOTHERS, 11)  # with a topic of its own it goes on
    assert await review_pool.fetchval("SELECT halted FROM review.log_relay") is None


async def test_a_consumer_ahead_of_the_log_halts_the_relay_until_it_is_repaired(
    pool: Any, review_pool: Any, broker: str, fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "RECHECK", 0.2)
    await fill(pool, INTAKE, range(3))
    await review_pool.execute("INSERT INTO ledger.checkpoint VALUES ('review', 'intake', 1, 7)")
    async with running(relay(fresh_database, pool, broker).run()):
        assert "review has seen intake/1/7, but the log has 3 entries" in await halted(pool, INTAKE)
        await fill(pool, INTAKE, range(3, 8))  # the newer backup
        await sent(pool, INTAKE, 7)
    assert await pool.fetchval("SELECT halted FROM intake.log_relay") is None


async def test_another_number_of_partitions_halts_the_relay(
    pool: Any, review_pool: Any, broker: str, fresh_database: Cluster
) -> None:
    await fill(pool, INTAKE, range(1))
    async with running(relay(fresh_database, pool, broker).run()):
        await sent(pool, INTAKE, 0)
    async with running(relay(fresh_database, pool, broker, partitions=2).run()):
        assert "log intake has 4 partitions, the setting is 2" in await halted(pool, INTAKE)
    await fill(review_pool, ANOTHERS, range(1))
    async with running(relay(fresh_database, review_pool, broker, ANOTHERS, partitions=2).run()):
        assert f"topic {fresh_database.database}.intake has 4 partitions" in await halted(
            review_pool, ANOTHERS
        )
