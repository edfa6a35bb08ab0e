"""`verify`: a whole log from a local copy, every record, tile and the signed root, against SHA-256 of the same bytes."""

import asyncio
from hashlib import sha256
from pathlib import Path

import asyncpg
import psycopg

from gongkai.bench.environment import Ground
from gongkai.bench.events import LOG, fill
from gongkai.bench.measurement import Stage, Stopwatch, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.ledger.audit import verify_log
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile, fresh
from gongkai.ledger.note import Verifier
from gongkai.operate.databases.cluster import MONITOR, writer
from gongkai.operate.logs.copying import copy
from gongkai.operate.logs.sources import Copy, Database

BENCH = Bench("verify", goals={"sha256": Goal(0.2, 0.4)})
EVENTS = 500_000


async def run(ground: Ground, stage: Stage, *, events: int, repeats: int) -> Result:
    """As `gongkai verify` does it offline; the peer reads the same files and hashes them in one go, nothing else."""
    dsn = ground.cluster.dsn(writer(LOG.schema))
    keys = KeyFile(ground.folder / "log.key")
    keys.path.write_text(fresh("bench.internal/log"))
    trusted = [Verifier.parse(vkey) for vkey in keys.vkeys()]
    async with ground.pool(writer(LOG.schema)) as pool:
        stage.say("写入日志 filling the log")
        await fill(pool, events)
        stage.say("签名 signing")
        conn = await asyncpg.connect(dsn)
        integrator = Integrator(dsn, pool, LOG, keys)
        while await integrator.integrate(conn):
            pass
        await conn.close()
    stage.say("复制 copying")
    folder = ground.folder / "copy"
    await asyncio.to_thread(_copied, ground.cluster.dsn(MONITOR), folder, trusted)
    bundles = sorted((folder / "tile" / "entries").rglob("*"))
    files = [file for file in bundles if file.is_file()]

    async def ours(_: int) -> float:
        watch = Stopwatch()
        report = verify_log(Copy(folder), trusted)
        seconds = watch.seconds
        if report.opened.checkpoint.size != events:
            raise RuntimeError(f"{report.opened.checkpoint.size} entries of {events}")
        return events / seconds

    async def plain(_: int) -> float:
        watch = Stopwatch()
        total = sha256()
        for file in files:
            total.update(file.read_bytes())
        total.digest()
        return events / watch.seconds

    figures = await interleaved({"gongkai": ours, "sha256": plain}, repeats, stage)
    return Result(
        BENCH,
        events,
        figures,
        checked={"bytes": sum(file.stat().st_size for file in files), "bundles": len(files)},
    )


def _copied(dsn: str, folder: Path, keys: list[Verifier]) -> None:
    with psycopg.connect(dsn) as conn:
        copy(Database(conn, LOG), folder, keys)
