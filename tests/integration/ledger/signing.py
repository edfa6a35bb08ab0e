"""Logs that are signed while a test runs: integrators, a witness over HTTP, and a superuser who changes the log."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from gongkai.ledger import tlog_queries
from gongkai.ledger.cosigning import client as cosign
from gongkai.ledger.cosigning.server import LOGS, Folder, server
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Verifier
from gongkai.ledger.tlog_checkpoint import VerifiedCheckpoint, open_checkpoint
from gongkai.operate.databases.cluster import Cluster
from tests.integration.ledger.conftest import INTAKE

ORIGIN = "gongkai.example/log/intake"


@asynccontextmanager
async def running(*integrators: Integrator) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in integrators]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def bulk(database: Cluster, entries: int) -> None:
    """Many at once, past append(), which is made for commands."""
    async with await psycopg.AsyncConnection.connect(database.dsn("intake_owner")) as conn:
        await conn.execute("INSERT INTO log_head (log) VALUES ('intake') ON CONFLICT DO NOTHING")
        await conn.execute(
            "WITH grown AS (UPDATE log_head SET size = size + %(n)s WHERE log = 'intake' RETURNING size - %(n)s AS at)"
            " INSERT INTO log_entry SELECT 'intake', p, 'bulk-' || p, 1, 0, id, now(), r,"
            " sha256('\\x00'::bytea || r), NULL FROM grown, generate_series(at, at + %(n)s - 1) p,"
            " LATERAL (SELECT gen_random_uuid() AS id WHERE p IS NOT NULL) i,"
            ' convert_to(format(\'{"id":"%%s","subject":"bulk-%%s","streamversion":1,"data":"%%s"}\','
            "  id, p, repeat(p::text, 1 + (p %% 30)::integer)), 'UTF8') r",
            {"n": entries},
        )
        await conn.execute("SELECT pg_notify('gongkai.log.intake', '')")


async def shown(pool: Any, keys: KeyFile) -> VerifiedCheckpoint | None:
    note = await tlog_queries.checkpoint(pool, INTAKE)
    return None if note is None else open_checkpoint(str(note), [Verifier.parse(k) for k in keys.vkeys()])


async def until(pool: Any, keys: KeyFile, size: int, patience: float = 20) -> VerifiedCheckpoint:
    end = time.monotonic() + patience
    while True:
        found = await shown(pool, keys)
        if found is not None and found.checkpoint.size >= size:
            return found
        assert time.monotonic() < end, found
        await asyncio.sleep(0.01)


def as_superuser(database: Cluster, *statements: str) -> None:
    with psycopg.connect(database.admin(database.database), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        for statement in statements:
            admin.execute(statement)


@dataclass(frozen=True)
class Witnessing:
    """A witness that listens on loopback. `refusals`: what it refused to cosign, and why."""

    folder: Folder
    asked: cosign.WitnessEndpoint
    witness: Any

    @property
    def vkey(self) -> str:
        return str(self.asked.key)

    def refusals(self) -> list[tuple[str, str, str]]:
        return list(self.witness.refusals())


@contextmanager
def witnessing(path: Path, *logs: str) -> Iterator[Witnessing]:
    """In a thread; the same folder again is the same witness after its restart."""
    path.mkdir(exist_ok=True)
    (path / LOGS).write_text("\n".join(logs))
    folder = Folder(path)
    witness = folder.open("gongkai.example/witness")
    listening = server(witness, "127.0.0.1", 0)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        url = f"http://127.0.0.1:{listening.server_port}"
        yield Witnessing(folder, cosign.WitnessEndpoint(url, witness.signer.verifier), witness)
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
        witness.close()
