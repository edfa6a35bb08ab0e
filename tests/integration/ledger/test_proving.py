"""`gongkai prove` and `verify` over a real log: by an account that may only read."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from gongkai.cli.commands.proofs import app
from gongkai.ledger import keyfile
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.proof import ProofBundle
from gongkai.operate.databases.cluster import MONITOR, Cluster
from tests.integration.ledger.conftest import INTAKE, NOW, count
from tests.integration.ledger.signing import ORIGIN, bulk, running, until


async def run(*argv: object) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, [str(each) for each in argv])


async def test_an_event_is_proved_as_soon_as_it_is_appended_and_for_ever(
    fresh_database: Cluster, pool: Any, appender: Appender, tmp_path: Path
) -> None:
    (tmp_path / "intake.key").write_text(keyfile.new_key_file(ORIGIN))
    keys = KeyFile(tmp_path / "intake.key")
    trust = ("--vkey", keys.vkeys()[0])
    database = ("--postgres", fresh_database.dsn(MONITOR))
    await bulk(fresh_database, 300)
    async with running(Integrator(fresh_database.dsn("intake_writer"), pool, INTAKE, keys)):
        await until(pool, keys, 300)
        await carry_out(pool, appender, INTAKE, count("one"), NOW)
        event = await pool.fetchval("SELECT event_id FROM log_entry WHERE position = 300")
        found = await run("prove", event, "-o", tmp_path / "bundle.json", *database, *trust)
        assert found.exit_code == 0, found.output
        assert "position 300 of intake" in found.output
        await bulk(fresh_database, 700)
        await until(pool, keys, 1001)
    bundle = ProofBundle.parse((tmp_path / "bundle.json").read_text())
    assert bundle.record == await pool.fetchval("SELECT record FROM log_entry WHERE position = 300")
    assert (await run("verify", tmp_path / "bundle.json", *trust)).exit_code == 0
    found = await run("verify", "--log", "intake", *database, *trust)
    assert "1001 条完整" in found.output, found.output
    unknown = await run("prove", uuid4(), "-o", tmp_path / "none.json", *database, *trust)
    assert unknown.exit_code == 1
    assert not (tmp_path / "none.json").exists()


async def test_what_nobody_signs_yet_cannot_be_proved(
    fresh_database: Cluster, pool: Any, appender: Appender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.operate.logs.verifying.CHECKPOINT_WAIT", 0.1)
    await carry_out(pool, appender, INTAKE, count("one"), NOW)
    event = await pool.fetchval("SELECT event_id FROM log_entry")
    vkey = keyfile.vkeys_in(keyfile.new_key_file(ORIGIN))[0]
    database = ("--postgres", fresh_database.dsn(MONITOR))
    found = await run("prove", event, "-o", tmp_path / "bundle.json", *database, "--vkey", vkey)
    assert found.exit_code == 1
    assert "has no checkpoint yet" in str(found.exception)
