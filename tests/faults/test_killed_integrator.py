"""An integrator that is killed while it works leaves a whole tree, and the next one goes on from there."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest

from gongkai.ledger import keyfile
from gongkai.ledger.audit import verify_log
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Verifier
from gongkai.operate.databases.cluster import MONITOR, Cluster
from gongkai.operate.logs.sources import Database
from tests.integration.ledger.conftest import INTAKE
from tests.integration.ledger.signing import ORIGIN, bulk, running, until

PROGRAM = """
import asyncio, sys
from pathlib import Path
import asyncpg
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.read import LogId

async def main(dsn, keys):
    async with asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool:
        await Integrator(dsn, pool, LogId("intake", "intake"), KeyFile(Path(keys))).run()

asyncio.run(main(*sys.argv[1:]))
"""


async def newest(pool: Any) -> int:
    return int(await pool.fetchval("SELECT coalesce(max(size), -1) FROM log_checkpoint"))


@pytest.mark.parametrize(
    ("point", "signed"),
    [("integrate.grown:3", False), ("integrate.signed:3", True), ("", None)],
    ids=["before it commits", "after it committed", "at any moment"],
)
async def test_the_next_integrator_finds_a_whole_tree(
    fresh_database: Cluster, tmp_path: Path, point: str, signed: bool | None
) -> None:
    (tmp_path / "intake.key").write_text(keyfile.new_key_file(ORIGIN))
    keys = KeyFile(tmp_path / "intake.key")
    dsn = fresh_database.dsn("intake_writer")
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        environment = os.environ | {"GONGKAI_FAILPOINT": point}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, dsn, str(keys.path), env=environment
        )
        appended = 0
        while process.returncode is None:
            await bulk(fresh_database, 321)
            appended += 321
            if not point and appended > 3210 and await newest(pool) > 0:
                process.send_signal(signal.SIGKILL)
            await asyncio.sleep(0.05)
        assert process.returncode == -signal.SIGKILL
        left = await newest(pool)
        if signed:
            assert left > 321, "two checkpoints came before the one after which it died"
        elif signed is False:
            assert left < appended, "it was at work when it died"
        await bulk(fresh_database, 10)
        async with running(Integrator(dsn, pool, INTAKE, keys)):
            await until(pool, keys, appended + 10)
        notes = [row["note"] for row in await pool.fetch("SELECT note FROM log_checkpoint")]
    with psycopg.connect(fresh_database.dsn(MONITOR), autocommit=True) as conn:
        trusted = [Verifier.parse(vkey) for vkey in keys.vkeys()]
        report = verify_log(Database(conn, INTAKE), trusted, notes)
    assert report.verified.checkpoint.size == appended + 10
