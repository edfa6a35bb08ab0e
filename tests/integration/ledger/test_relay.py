"""From the log over Kafka into a subscription; and what happens when the broker forgets everything."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from gongkai.ledger import subscribe
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.ledger.kafka import Delivery
from gongkai.ledger.read import LogId
from gongkai.ledger.relay import Relay
from gongkai.ledger.subscribe import Subscription
from gongkai.runtime.cluster import Cluster
from tests.integration.ledger.conftest import NOW, PARTITIONS, count, wall
from tests.integration.ledger.test_subscribe import Memory


@asynccontextmanager
async def running(*jobs: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def until(condition: Any, seconds: float = 30) -> float:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it took too long"
        await asyncio.sleep(0.01)
    return time.monotonic() - start


async def test_a_record_travels_by_kafka(
    pool: Any, review_pool: Any, broker: str, fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "WATCH", 3600)  # the log itself mustn't help
    log = LogId(f"intake-{time.time_ns()}", "intake")
    appender = Appender(pool, log, PARTITIONS)
    memory = Memory()
    here = Subscription(log.name, review_pool, [log], PARTITIONS, wall, handlers=[memory])
    await here.open()
    relay = Relay(fresh_database.dsn("intake_writer"), pool, log, broker, PARTITIONS, 1)
    try:
        async with running(relay.run(), Delivery(broker, here).run()):
            await carry_out(pool, appender, log, count("counter-0", 0), NOW)
            await until(lambda: memory.numbers == [0])
            for n in range(1, 50):
                await carry_out(pool, appender, log, count(f"counter-{n}", n), NOW)
            await until(lambda: len(memory.numbers) == 50)
            took = []
            for n in range(50, 60):
                done = await carry_out(pool, appender, log, count(f"counter-{n}", n), NOW)
                start = time.monotonic()
                assert done.place
                assert await here.wait_for(done.place, 10)
                took.append(time.monotonic() - start)
            print("commit to applied, s:", sorted(took))
    finally:
        await appender.close()
    assert sorted(memory.numbers) == list(range(60))
