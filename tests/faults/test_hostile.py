"""What a hostile day brings short of a kill: a full disk, a transaction left open, a Kafka that repeats and reorders."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from gongkai.contracts.envelope import read_record
from gongkai.contracts.errors import UserError
from gongkai.ledger import read
from gongkai.ledger.kafka import POSITION, topic_of
from gongkai.operate.databases.cluster import MONITOR, Cluster
from gongkai.operate.logs.resume import resume_partition
from gongkai.runtime import pool as pool_of
from tests.faults.conftest import Server
from tests.faults.small_deployment import PATIENCE, SmallDeployment
from tests.faults.small_deployment_process import WRITERS
from tests.integration.ledger.conftest import INTAKE


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    start = time.monotonic()
    while not (found := await condition()):
        assert time.monotonic() - start < PATIENCE, "it took too long"
        await asyncio.sleep(0.05)
    return found


async def test_a_transaction_held_open_holds_up_nobody(life: SmallDeployment) -> None:
    life.start("intake")
    life.start("review")
    await life.working()
    holder = await asyncpg.connect(life.cluster.admin(life.cluster.database))
    monitor = await asyncpg.connect(life.cluster.dsn(MONITOR))
    try:
        held = holder.transaction()
        await held.start()
        await holder.execute("CREATE TABLE public.held AS SELECT pg_current_xact_id() AS id")
        await life.working(100)
        last = max(place.position for place in life.settings.answered().values())

        async def passed_by() -> bool:
            seen = await monitor.fetchval("SELECT count(*) FROM review.journal")
            sent = await monitor.fetchval("SELECT sent FROM intake.log_relay")
            return bool(seen > last and sent is not None and sent >= last)

        await until(passed_by)
        life.busy()
        await held.rollback()
    finally:
        await holder.close()
        await monitor.close()
    await life.over()


async def test_a_transaction_held_open_by_a_service_is_ended_and_named(
    life: SmallDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had locked is free again, what it had begun is undone, and its caller is told why."""
    dsn = life.cluster.dsn("review_writer")
    pool: Any = await pool_of.connected(dsn, "review")
    try:
        assert await pool.fetchval("SHOW idle_in_transaction_session_timeout") == "30s"
    finally:
        await pool.close()
    monkeypatch.setattr(pool_of, "LONGEST_HELD", "300ms")
    pool = await pool_of.connected(dsn, "review")
    try:
        await pool.execute("INSERT INTO tally VALUES ('counter-0', 1, 1)")
        holder = await pool.acquire()
        held = holder.transaction()
        await held.start()
        await holder.execute("UPDATE tally SET total = 2")
        assert await pool.execute("UPDATE tally SET said = 5") == "UPDATE 1"  # waits until the other is ended
        with pytest.raises((asyncpg.IdleInTransactionSessionTimeoutError, asyncpg.InterfaceError)):
            await holder.execute("SELECT 1")
        await pool.release(holder)
        assert tuple(await pool.fetchrow("SELECT total, said FROM tally")) == (1, 5)
    finally:
        pool.terminate()


async def test_a_clock_set_back_takes_no_moment_of_the_log_back(life: SmallDeployment) -> None:
    """Each writer's clock is set back by up to six hours, again and again."""
    life.start("intake")
    life.start("review")
    await life.working(200)
    await life.over()
    monitor = await asyncpg.connect(life.cluster.dsn(MONITOR))
    try:
        rows = await monitor.fetch("SELECT record, committed_at FROM intake.log_entry ORDER BY position")
    finally:
        await monitor.close()
    said = [read_record(row["record"]).time for row in rows]
    assert any(later < earlier for earlier, later in pairwise(said)), "no clock was ever set back"
    assert all(a["committed_at"] <= b["committed_at"] for a, b in pairwise(rows))


@pytest.mark.short
async def test_a_kafka_that_repeats_and_reorders_changes_nothing(life: SmallDeployment) -> None:
    life.start("intake")
    life.start("review")
    monitor = await asyncpg.connect(life.cluster.dsn(MONITOR))
    chance = random.Random(7)
    topic = topic_of(life.settings.prefix, INTAKE)
    async with AIOKafkaProducer(bootstrap_servers=life.settings.kafka, acks="all") as producer:
        for _ in range(3):
            await life.working(60)
            entries = await read.after(monitor, INTAKE, -1, 200)
            for entry in chance.sample(entries, len(entries)) * 2:
                header = (POSITION, str(entry.place.position).encode())
                await producer.send(topic, entry.raw, partition=entry.place.partition, headers=[header])
            await producer.flush()
            life.busy()
    await monitor.close()
    await life.working()
    await life.over()


async def test_a_handler_that_raises_stops_its_partition_until_it_is_mended(life: SmallDeployment) -> None:
    bad = Path(life.settings.bad)
    bad.write_text("50")  # noqa: ASYNC240 - a test may wait for its disk
    life.start("intake")
    life.start("review")
    monitor = await asyncpg.connect(life.cluster.dsn(MONITOR))
    try:
        stopped = await until(
            lambda: monitor.fetchrow(
                "SELECT log, partition, position FROM ledger.checkpoint WHERE stopped IS NOT NULL"
            )
        )
        key = (stopped["log"], stopped["partition"])
        await life.working(100)
        last = max(p.position for p in life.settings.answered().values() if p.partition != key[1])
        await until(
            lambda: monitor.fetchval("SELECT max(position) >= $1 FROM ledger.checkpoint", last)
        )  # the others go on
        operator = life.cluster.dsn("ledger_owner")
        with pytest.raises(UserError, match="stopped again"):
            await resume_partition(operator, "review", key)
        bad.unlink()  # noqa: ASYNC240 - as above
        assert "goes on" in (await resume_partition(operator, "review", key))[1]
    finally:
        await monitor.close()
    await life.over()


async def test_a_full_disk_refuses_commands_and_loses_none(
    life: SmallDeployment, shaky_postgres: tuple[Server, Cluster]
) -> None:
    postgres = shaky_postgres[0]
    postgres.kill()
    postgres.start(disk=17 << 20)  # bytes in a file: a little more than PostgreSQL's own journal needs
    try:
        life.tell(replace(life.settings, padding=30_000))
        life.start("intake")
        life.start("review")
        await until(lambda: _said(life, "could not extend file"))
        life.busy()
    finally:
        postgres.kill()
        postgres.start()
    life.tell(replace(life.settings, padding=0))
    life.kill("intake")  # with commands that were refused, and are said again in few words
    life.start("intake")
    await life.working()
    await life.over()


async def _said(life: SmallDeployment, what: str) -> bool:
    return what in life.said("intake")


async def test_an_older_backup_is_not_sent_over_what_others_hold(life: SmallDeployment) -> None:
    """The relay halts; on a topic of its own the restored log goes on."""
    life.start("intake")
    life.start("review")
    await life.working()
    await _ended(life)
    await _copy(life, f"{life.cluster.database}_backup", life.cluster.database)
    kept = Path(life.settings.acknowledged).read_bytes()  # noqa: ASYNC240 - a test may wait for its disk
    size = await _size_sent(life, 0)
    life.start("intake")
    await life.working(60)
    await until(lambda: _size_sent(life, size + WRITERS))  # others hold what the backup hasn't
    await _ended(life)
    await _copy(life, life.cluster.database, f"{life.cluster.database}_backup")
    Path(life.settings.acknowledged).write_bytes(kept)  # noqa: ASYNC240 - as above
    life.tell(replace(life.settings, padding=1))  # another history than the lost one
    life.start("intake")
    monitor = await asyncpg.connect(life.cluster.dsn(MONITOR))
    try:
        why = await until(lambda: monitor.fetchval("SELECT halted FROM intake.log_relay"))
        assert "restored from an older backup" in why
        sent = await monitor.fetchval("SELECT sent FROM intake.log_relay")
        await life.working()
        assert await monitor.fetchval("SELECT sent FROM intake.log_relay") == sent
    finally:
        await monitor.close()
    await _ended(life)
    life.tell(replace(life.settings, prefix=f"{life.settings.prefix}-restored"))
    life.start("intake")
    life.start("review")
    await life.working()
    await life.over()


async def _size_sent(life: SmallDeployment, least: int) -> int:
    """The log's size, once at least so many entries are in Kafka; 0 before that."""
    monitor = await asyncpg.connect(life.cluster.dsn(MONITOR))
    try:
        size, sent = await monitor.fetchrow(
            "SELECT size, coalesce(sent, -1) FROM intake.log_head LEFT JOIN intake.log_relay USING (log)"
        )
        return int(size) if sent + 1 >= least else 0
    finally:
        await monitor.close()


async def _ended(life: SmallDeployment) -> None:
    for role in list(life.processes):
        life.kill(role)


async def _copy(life: SmallDeployment, to: str, of: str) -> None:
    admin = await asyncpg.connect(life.cluster.admin_dsn)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {to} WITH (FORCE)")
        while True:
            try:
                await admin.execute(f"CREATE DATABASE {to} TEMPLATE {of}")
                break
            except asyncpg.ObjectInUseError:  # sessions of the killed are still ending
                await asyncio.sleep(0.1)
        for role in ("intake_writer", "review_writer", MONITOR):
            await admin.execute(f"GRANT CONNECT ON DATABASE {to} TO {role}")
            service = role.removesuffix("_writer")
            if service != role:
                await admin.execute(f"ALTER ROLE {role} IN DATABASE {to} SET search_path = {service}")
    finally:
        await admin.close()
