"""From the log over Kafka into a subscription; and what happens when the broker loses its data."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from gongkai.ledger import read, subscribe
from gongkai.ledger.append import Appender
from gongkai.ledger.brokers import Brokers
from gongkai.ledger.decider import carry_out
from gongkai.ledger.kafka import POSITION, PREFIX, topic_of
from gongkai.ledger.kafka_consumer import KafkaConsumer
from gongkai.ledger.relay import Relay
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.embedded import broker_command, free_port, wait_port
from gongkai.runtime.settings import KafkaSettings
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, count, running, until, wall
from tests.integration.ledger.following import Memory


async def test_a_record_travels_by_kafka(
    pool: Any, review_pool: Any, broker: str, fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 3600)  # the log itself mustn't help
    log, own = INTAKE, fresh_database.database  # a prefix of its own: the broker is everybody's
    appender = Appender(pool, log, PARTITIONS)
    memory = Memory()
    here = Subscription("review", review_pool, [log], PARTITIONS, wall, handlers=[memory])
    await here.open()
    brokers = KafkaSettings(kafka=broker).brokers
    relay = Relay(fresh_database.dsn("intake_writer"), pool, log, brokers, PARTITIONS, 1, prefix=own)
    try:
        async with running(relay.run(), KafkaConsumer(brokers, here, own).run()):
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


async def test_a_broker_that_lost_everything_is_filled_again(
    pool: Any,
    review_pool: Any,
    fresh_database: Cluster,
    run_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subscribe, "WATCH_INTERVAL", 3600)  # the log itself mustn't help
    port = free_port()
    brokers = Brokers(f"127.0.0.1:{port}")
    process = broker_command(port, run_folder).start(run_folder / "forgetful.log")
    wait_port(port, process)
    appender = Appender(pool, INTAKE, PARTITIONS)
    memory = Memory()
    here = Subscription("review", review_pool, [INTAKE], PARTITIONS, wall, handlers=[memory])
    await here.open()
    relay = Relay(fresh_database.dsn("intake_writer"), pool, INTAKE, brokers, PARTITIONS, 1)
    try:
        async with running(relay.run(), KafkaConsumer(brokers, here).run()):
            for n in range(20):
                await carry_out(pool, appender, INTAKE, count(f"counter-{n}", n), NOW)
            await until(lambda: len(memory.numbers) == 20)
            process.kill()
            process.wait()
            for n in range(20, 40):
                await carry_out(pool, appender, INTAKE, count(f"counter-{n}", n), NOW)
            process = broker_command(port, run_folder).start(run_folder / "forgetful.log")
            wait_port(port, process)
            took = await until(lambda: len(memory.numbers) == 40, 60)
            print("broker back to all applied, s:", took)
            await until_sent(pool, 39)
            held = await _held(brokers)
            assert held  # what the subscriber hadn't seen is there again, without a hole
            for partition in range(PARTITIONS):
                mine = [e.place.position for e in await read.partition_after(pool, INTAKE, partition, -1)]
                kept = [position for position in mine if position in held]
                assert kept == mine[len(mine) - len(kept) :]
    finally:
        await appender.close()
        process.kill()
        process.wait()
    assert sorted(memory.numbers) == list(range(40))


async def until_sent(pool: Any, position: int) -> None:
    for _ in range(1000):
        if await pool.fetchval("SELECT sent FROM intake.log_relay") == position:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never sent")


async def _held(brokers: Brokers) -> set[int]:
    """The positions of the records that the broker hands out, read from the first until it has no more."""
    consumer = AIOKafkaConsumer(**brokers.client())
    await consumer.start()
    held: set[int] = set()
    try:
        topics = [TopicPartition(topic_of(PREFIX, INTAKE), p) for p in range(PARTITIONS)]
        consumer.assign(topics)
        await consumer.seek_to_beginning(*topics)
        while found := await consumer.getmany(timeout_ms=1500):
            held |= {int(dict(one.headers)[POSITION]) for records in found.values() for one in records}
    finally:
        await consumer.stop()
    return held
