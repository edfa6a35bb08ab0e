"""`verify`: a whole log from a local copy, every record, tile and the signed root, against SHA-256 of the same bytes."""

import asyncio
from hashlib import sha256
from pathlib import Path

import asyncpg
import psycopg

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, fill_log
from gongkai.bench.measurement import ProgressListener, Stopwatch, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.ledger.audit import verify_log
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile, new_key_file
from gongkai.ledger.note import Verifier
from gongkai.operate.databases.cluster import MONITOR, writer
from gongkai.operate.logs.copying import copy
from gongkai.operate.logs.sources import Copy, Database

BENCH = Bench("verify", goals={"sha256": Goal(0.2, 0.4)})
EVENTS = 500_000


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int
) -> Result:
    """As `gongkai verify` does it offline; the peer reads the same files and hashes them in one go, nothing else."""
    dsn = environment.cluster.dsn(writer(LOG.schema))
    keys = KeyFile(environment.folder / "log.key")
    keys.path.write_text(new_key_file("bench.internal/log"))
    trusted = [Verifier.parse(vkey) for vkey in keys.vkeys()]
    async with environment.pool(writer(LOG.schema)) as pool:
        progress.describe("写入日志 filling the log")
        await fill_log(pool, events)
        progress.describe("签名 signing")
        conn = await asyncpg.connect(dsn)
        integrator = Integrator(dsn, pool, LOG, keys)
        while await integrator.integrate(conn):
            pass
        await conn.close()
    progress.describe("复制 copying")
    folder = environment.folder / "copy"
    await asyncio.to_thread(_copied, environment.cluster.dsn(MONITOR), folder, trusted)
    bundles = sorted((folder / "tile" / "entries").rglob("*"))
    files = [file for file in bundles if file.is_file()]

    async def ours(_: int) -> float:
        watch = Stopwatch()
        report = verify_log(Copy(folder), trusted)
        seconds = watch.seconds
        if report.verified.checkpoint.size != events:
            raise RuntimeError(f"{report.verified.checkpoint.size} entries of {events}")
        return events / seconds

    async def plain(_: int) -> float:
        watch = Stopwatch()
        total = sha256()
        for file in files:
            total.update(file.read_bytes())
        total.digest()
        return events / watch.seconds

    figures = await interleaved({"gongkai": ours, "sha256": plain}, repeats, progress)
    return Result(
        BENCH,
        events,
        figures,
        checked={"bytes": sum(file.stat().st_size for file in files), "bundles": len(files)},
    )


def _copied(dsn: str, folder: Path, keys: list[Verifier]) -> None:
    with psycopg.connect(dsn) as conn:
        copy(Database(conn, LOG), folder, keys)
