"""The integrator: a signed tree behind the log within a second, one leader, and no signature under a changed log."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest

from gongkai.ledger import keyfile, read, tlog_queries
from gongkai.ledger.append import Appender
from gongkai.ledger.cosigning.client import WitnessEndpoint
from gongkai.ledger.decider import carry_out
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.merkle import (
    EMPTY,
    Frontier,
    consistency_path,
    inclusion_path,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from gongkai.ledger.note import Verifier
from gongkai.ledger.tiles import TileName, tiles_of, unbundle, width_at
from gongkai.ledger.tlog_checkpoint import open_checkpoint
from gongkai.operate.databases.cluster import Cluster
from tests.integration.ledger.conftest import INTAKE, NOW, count
from tests.integration.ledger.signing import ORIGIN, as_superuser, bulk, running, until, witnessing


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    file = tmp_path / "intake.key"
    file.write_text(keyfile.new_key_file(ORIGIN))
    return KeyFile(file)


@pytest.fixture
def integrator(fresh_database: Cluster, pool: Any, keys: KeyFile) -> Callable[[], Integrator]:
    return lambda: Integrator(fresh_database.dsn("intake_writer"), pool, INTAKE, keys)


async def fill(pool: Any, appender: Appender, entries: int, stream: str = "one") -> None:
    now = NOW
    for n in range(entries):
        await carry_out(pool, appender, INTAKE, count(f"{stream}-{n % 50}"), now)


async def true_root(pool: Any, size: int) -> bytes:
    simple = Frontier()
    async for entries in read.all_entries(pool, INTAKE):
        for entry in entries:
            if simple.size < size:
                simple.append(leaf_hash(entry.raw))
    return simple.root()


async def test_an_empty_log_has_a_checkpoint_too(pool: Any, keys: KeyFile, integrator: Any) -> None:
    async with running(integrator()):
        found = await until(pool, keys, 0)
    assert (found.checkpoint.origin, found.checkpoint.root) == (ORIGIN, EMPTY)
    assert await tlog_queries.keys(pool, INTAKE) == keys.vkeys()


async def test_every_append_is_signed_within_a_second(
    pool: Any, appender: Appender, keys: KeyFile, integrator: Any
) -> None:
    async with running(integrator()):
        await until(pool, keys, 0)
        slowest = 0.0
        for n in range(1, 8):
            await fill(pool, appender, 1, f"timed-{n}")
            appended = time.monotonic()
            await until(pool, keys, n)
            slowest = max(slowest, time.monotonic() - appended)
    assert slowest < 1
    assert (await until(pool, keys, 7)).checkpoint.root == await true_root(pool, 7)


async def test_tiles_hold_the_tree_and_every_proof(
    fresh_database: Cluster, pool: Any, keys: KeyFile, integrator: Any
) -> None:
    await bulk(fresh_database, 300)
    async with running(integrator()):
        first = (await until(pool, keys, 300)).checkpoint
        await bulk(fresh_database, 70_000)
        last = (await until(pool, keys, 70_300)).checkpoint
    assert last.root == await true_root(pool, last.size)
    for name in tiles_of(last.size):
        assert await tlog_queries.tile(pool, INTAKE, name) is not None, name
    for position in (0, 255, 256, 299, 65_535, 65_536, 70_299):
        raw = await pool.fetchval("SELECT record FROM log_entry WHERE position = $1", position)
        proof = await tlog_queries.proof(pool, INTAKE, inclusion_path(position, last.size), last.size)
        assert verify_inclusion(leaf_hash(raw), position, last.size, proof, last.root)
    proof = await tlog_queries.proof(pool, INTAKE, consistency_path(first.size, last.size), last.size)
    assert verify_consistency(first.size, first.root, last.size, last.root, proof)


async def test_bundles_hold_the_records_that_a_checkpoint_covers(
    fresh_database: Cluster, pool: Any, keys: KeyFile, integrator: Any
) -> None:
    await bulk(fresh_database, 300)
    async with running(integrator()):
        await until(pool, keys, 300)
    await bulk(fresh_database, 10)  # nobody signs these
    raw = [r["record"] for r in await pool.fetch("SELECT record FROM log_entry ORDER BY position")]
    assert unbundle(await tlog_queries.entries(pool, INTAKE, TileName(None, 0)) or b"") == raw[:256]
    assert unbundle(await tlog_queries.entries(pool, INTAKE, TileName(None, 1, 44)) or b"") == raw[256:300]
    assert unbundle(await tlog_queries.entries(pool, INTAKE, TileName(None, 1, 40)) or b"") == raw[256:296]
    assert await tlog_queries.entries(pool, INTAKE, TileName(None, 1, 45)) is None
    assert await tlog_queries.tile(pool, INTAKE, TileName(0, 1, 45)) is None
    assert width_at(0, 1, 300) == 44


async def test_of_several_replicas_one_signs_and_another_takes_over(
    fresh_database: Cluster, pool: Any, appender: Appender, keys: KeyFile, integrator: Any
) -> None:
    async with running(integrator(), integrator(), integrator()):
        await fill(pool, appender, 5)
        await until(pool, keys, 5)
        for n in range(3):
            with psycopg.connect(fresh_database.admin(fresh_database.database), autocommit=True) as admin:
                leaders = admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).fetchall()
            assert len(leaders) == 1
            await fill(pool, appender, 1, f"after-{n}")
            await until(pool, keys, 6 + n, 5)
    notes = await pool.fetch("SELECT size, count(DISTINCT root) AS roots FROM log_checkpoint GROUP BY size")
    assert {row["roots"] for row in notes} == {1}


async def test_it_goes_on_where_the_last_one_was_killed(
    fresh_database: Cluster, pool: Any, keys: KeyFile, integrator: Any
) -> None:
    for total in (200, 513, 700):
        already = await read.size(pool, INTAKE)
        await bulk(fresh_database, total - already)
        async with running(integrator()):
            found = await until(pool, keys, total)
        assert found.checkpoint.root == await true_root(pool, total)


async def test_the_witness_cosigns_and_the_log_does_not_wait_for_it(
    fresh_database: Cluster, pool: Any, keys: KeyFile, tmp_path: Path
) -> None:
    def integrator(asked: WitnessEndpoint) -> Integrator:
        return Integrator(fresh_database.dsn("intake_writer"), pool, INTAKE, keys, asked)

    async def cosigned(size: int) -> None:
        known = [Verifier.parse(key) for key in (*keys.vkeys(), witness.vkey)]
        for _ in range(1000):
            note = await tlog_queries.checkpoint(pool, INTAKE)
            if note is not None:
                opened = open_checkpoint(str(note), known)
                if opened.witnesses and opened.checkpoint.size >= size:
                    return
            await asyncio.sleep(0.01)
        raise AssertionError(await pool.fetchval("SELECT unwitnessed FROM log_integrator"))

    await bulk(fresh_database, 300)
    with witnessing(tmp_path / "witness", *keys.vkeys()) as witness:
        async with running(integrator(witness.asked)):
            await cosigned(300)
            await bulk(fresh_database, 700)
            await cosigned(1000)
    await bulk(fresh_database, 5)
    async with running(integrator(witness.asked)):
        alone = await until(
            pool, keys, 1005
        )  # the witness is away: shown without it, and within a second or so
        assert "Connect" in await pool.fetchval("SELECT unwitnessed FROM log_integrator")
    assert alone.checkpoint.size == 1005
    with witnessing(tmp_path / "witness", *keys.vkeys()) as witness:
        async with running(integrator(witness.asked)):
            await cosigned(1005)
            assert witness.refusals() == []
            assert await pool.fetchval("SELECT unwitnessed FROM log_integrator") is None


@pytest.mark.parametrize(
    "harm",
    [
        ("UPDATE intake.log_entry SET leaf = sha256('x') WHERE position = 270", "position 270 isn't what was signed"),
        ("DELETE FROM intake.log_entry WHERE position = 280", "position 280 isn't what was signed"),
        ("UPDATE intake.log_head SET size = 290", "positions from 290 on are gone"),
        ("DELETE FROM intake.log_tile WHERE level = 0 AND index = 1", "tile 0/001.p/44 of the signed tree is gone"),
        ("UPDATE intake.log_tile SET hashes = sha256('x') WHERE level = 1", "don't have the root that was signed"),
    ],
)  # fmt: skip
async def test_a_changed_log_is_not_signed_and_the_reason_is_stored(
    fresh_database: Cluster, pool: Any, keys: KeyFile, integrator: Any, harm: tuple[str, str]
) -> None:
    statement, reason = harm
    await bulk(fresh_database, 300)
    async with running(integrator()):
        await until(pool, keys, 300)
    as_superuser(fresh_database, statement)
    if "log_head" not in statement:
        await bulk(fresh_database, 10)
    async with running(integrator()):
        for _ in range(500):
            halted = await pool.fetchval("SELECT halted FROM log_integrator")
            if halted:
                break
            await asyncio.sleep(0.01)
    assert reason in halted
    assert await pool.fetchval("SELECT max(size) FROM log_checkpoint") == 300


async def test_a_key_is_changed_without_leaving_anybody_behind(
    pool: Any, appender: Appender, keys: KeyFile, integrator: Any
) -> None:
    old = [Verifier.parse(key) for key in keys.vkeys()]
    async with running(integrator()):
        await until(pool, keys, 0)
        keys.path.write_text(keyfile.rotated(keys.path.read_text()))
        await fill(pool, appender, 1)
        await until(pool, keys, 1)
        both = str(await tlog_queries.checkpoint(pool, INTAKE))
        assert open_checkpoint(both, old).checkpoint.size == 1
        assert open_checkpoint(both, [Verifier.parse(keys.vkeys()[0])]).checkpoint.size == 1
        keys.path.write_text(keyfile.retired(keys.path.read_text()))
        assert len(keys.vkeys()) == 2
        assert keys.vkeys()[1] == str(old[0])
        await fill(pool, appender, 1)
        await until(pool, keys, 2)
        newest = await tlog_queries.checkpoint(pool, INTAKE)
    assert newest is not None
    assert [signature.key_id for signature in newest.signatures] == [Verifier.parse(keys.vkeys()[0]).key_id]
    assert await tlog_queries.keys(pool, INTAKE) == keys.vkeys()


async def test_what_was_published_stays(fresh_database: Cluster) -> None:
    for role in ("intake_writer", "intake_owner"):
        conn = await asyncpg.connect(fresh_database.dsn(role))
        try:
            for table in ("log_tile", "log_checkpoint", "log_cosignature", "log_key"):
                for verb in ("DELETE FROM", "TRUNCATE"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await conn.execute(f"{verb} {table}")
        finally:
            await conn.close()


async def test_a_tile_only_grows(fresh_database: Cluster, pool: Any, keys: KeyFile, integrator: Any) -> None:
    await bulk(fresh_database, 3)
    async with running(integrator()):
        await until(pool, keys, 3)
    for change in (
        "hashes = sha256('x')",
        "hashes = substring(hashes FROM 1 FOR 64)",
        "index = 7",
        "level = 1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(f"UPDATE log_tile SET {change}")
    for role, allowed in (("console_writer", True), ("gongkai_monitor", True), ("portal_writer", False)):
        conn = await asyncpg.connect(fresh_database.dsn(role))
        try:
            if allowed:
                assert await conn.fetchval("SELECT count(*) FROM intake.log_tile") == 1
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await conn.execute("INSERT INTO intake.log_key VALUES ('intake', 'x')")
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await conn.fetchval("SELECT count(*) FROM intake.log_tile")
        finally:
            await conn.close()
