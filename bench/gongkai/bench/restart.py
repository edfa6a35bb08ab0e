"""`restart`: a deployment that was stopped, with a million events in a log and nothing in its broker, until ready.

`gongkai up` itself, from nothing running to every service's own word that it is ready; and on, until a new event has
gone from the log through the broker into the console's view.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sys import stderr

import asyncpg

from gongkai.bench.events import LOG, PARTITIONS, fill_log, make_writes
from gongkai.bench.measurement import ProgressListener, Stopwatch
from gongkai.bench.results import Bench, Goal, Result
from gongkai.ledger import read
from gongkai.ledger.append import Appended, append
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.operate.databases.cluster import Cluster, writer
from gongkai.operate.embedded import Postgres
from gongkai.operate.embedded.postgres import FAST_SHUTDOWN
from gongkai.operate.processes.credentials import ADMIN, Credentials
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.ports import choose
from gongkai.operate.processes.up import Options, up
from gongkai.operate.services import installed

BENCH = Bench("restart", unit="s", better="lower", goals={"ready": Goal(30, 10)})
EVENTS = 1_000_000
RUN_LOOP = asyncio.run  # `up` starts processes as other users; uvloop, which services run on, can not
SHOWN_WITHIN = 300.0  # seconds until a new event must have been shown


@dataclass(frozen=True, slots=True)
class UpEnvironment:
    """A data folder for `gongkai up`."""

    data: Path
    durable: dict[str, str]


@contextmanager
def bench_environment() -> Iterator[UpEnvironment]:
    """Nothing runs yet: that is what is measured."""
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        data = folder / "data"
        try:
            yield UpEnvironment(data, {})
        finally:
            if data.exists():
                credentials = Credentials(data / "secrets")
                _server(data, credentials, choose(data / "run" / "ports.json", "127.0.0.1", 0)).destroy()


async def run(environment: UpEnvironment, progress: ProgressListener, *, events: int, repeats: int) -> Result:
    """Every start is a restart: the first one, on an empty log, only makes what a deployment has."""
    progress.expect(repeats)
    progress.describe("首次启动 the first start")
    await _started(environment.data, None)
    progress.describe(f"写入 {events} 条 filling the log")
    async with _database(environment.data) as cluster:
        keys = KeyFile(Credentials(environment.data / "secrets").log_keys(LOG.schema) / f"{LOG.name}.key")
        environment.durable.update(await _lived(cluster, keys, events))
    figures: dict[str, list[float]] = {"ready": [], "shown": []}
    for number in range(repeats):
        progress.describe("启动 starting")
        watch = Stopwatch()
        ready, shown = await _started(environment.data, number, watch)
        figures["ready"].append(ready)
        figures["shown"].append(shown)
        progress.advance()
    return Result(
        BENCH,
        events,
        figures,
        peers=(),
        checked={"entries": events + repeats},
        setting={"services": len(installed())},
    )


async def _started(data: Path, number: int | None, watch: Stopwatch | None = None) -> tuple[float, float]:
    """Up, ready, a new event shown, and down again. Seconds until ready, and until shown."""
    times = [0.0, 0.0]

    async def then(there: Deployment) -> bool:
        if number is not None and watch is not None:
            times[0] = watch.seconds
            await _shown(there.cluster, f"probe{number}")
            times[1] = watch.seconds
        return False

    with redirect_stdout(stderr):
        await up(Options(data, port=0), then)
    return times[0], times[1]


async def _shown(cluster: Cluster, name: str) -> None:
    """A new event, until the console has applied it."""
    conn = await asyncpg.connect(cluster.dsn(writer(LOG.schema)))
    try:
        (done,) = await append(conn, LOG, PARTITIONS, datetime.now(UTC), list(make_writes(name, 1)))
        assert isinstance(done, Appended)
        async with asyncio.timeout(SHOWN_WITHIN):
            while done.place.position > await conn.fetchval(  # noqa: ASYNC110  # it is another process's
                "SELECT position FROM ledger.checkpoint WHERE subscription = 'console' AND log = $1 AND partition = $2",
                LOG.name,
                done.place.partition,
            ):
                await asyncio.sleep(0.02)  # it is another process that gets there
    finally:
        await conn.close()


async def _lived(cluster: Cluster, keys: KeyFile, events: int) -> dict[str, str]:
    """A log of so many events that everybody has seen, that is signed, and that the broker has acknowledged."""
    dsn = cluster.dsn(writer(LOG.schema))
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4, command_timeout=600) as pool:
        await fill_log(pool, events)
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        durable = {name: await pool.fetchval("SELECT current_setting($1)", name) for name in names}
        conn = await asyncpg.connect(dsn)
        integrator = Integrator(dsn, pool, LOG, keys)
        await integrator._load_tree(conn)
        while await integrator.integrate(conn):
            pass
        await conn.close()
        size = await read.size(pool, LOG)
        heads = {
            row["partition"]: (row["head"], row["n"])
            for row in await pool.fetch(
                f"SELECT partition, max(position) AS head, count(*) AS n FROM {LOG.schema}.log_entry"
                " WHERE log = $1 GROUP BY partition",
                LOG.name,
            )
        }
        at = [heads.get(partition, (-1, 0)) for partition in range(PARTITIONS)]
        await pool.execute(
            f"UPDATE {LOG.schema}.log_relay SET sent = $2, last = $3, offsets = $4 WHERE log = $1",
            LOG.name,
            size - 1,
            [head for head, _ in at],
            [count for _, count in at],
        )
    for service in installed():
        conn = await asyncpg.connect(cluster.dsn(writer(service)))
        await conn.executemany(
            "UPDATE ledger.checkpoint SET position = $4 WHERE subscription = $1 AND log = $2 AND partition = $3",
            [(service, LOG.name, partition, head) for partition, (head, _) in enumerate(at)],
        )
        await conn.close()
    return durable


def _server(data: Path, credentials: Credentials, ports: dict[str, int]) -> Postgres:
    server = Postgres(data, port=ports["postgres"], password=credentials.passwords()[ADMIN])
    server.prepare()
    return server


@asynccontextmanager
async def _database(data: Path) -> AsyncIterator[Cluster]:
    """PostgreSQL alone, of a deployment that is down."""
    credentials = Credentials(data / "secrets")
    ports = choose(data / "run" / "ports.json", "127.0.0.1", 0)
    server = _server(data, credentials, ports)
    process = server.command.start(data / "logs" / "bench.log")
    try:
        await asyncio.to_thread(server.wait_ready, process)
        yield credentials.cluster(ports)
    finally:
        process.send_signal(FAST_SHUTDOWN)
        await asyncio.to_thread(process.wait)
