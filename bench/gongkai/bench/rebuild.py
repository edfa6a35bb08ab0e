"""`rebuild`: a view built again from nothing, against an ordered scan of the same rows with `json.loads` of each."""

import json

import asyncpg

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, PARTITIONS, fill_log
from gongkai.bench.measurement import ProgressListener, Stopwatch, interleaved
from gongkai.bench.project import now_of, prepare_view
from gongkai.bench.results import Bench, Goal, Result
from gongkai.bench.review_view import SERVICE, VIEW
from gongkai.ledger import projections, rebuild
from gongkai.ledger.rebuild import LiveProjection
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import owner, writer

BENCH = Bench("rebuild", goals={"scan": Goal(0.5, 1)})
EVENTS = 1_000_000
BATCH = 5000


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int
) -> Result:
    """`gongkai rebuild` as a whole: fold, indexes, both digests, and their comparison; without the switch."""
    await prepare_view(environment)
    dsn = environment.cluster.dsn
    reader, conn = await asyncpg.connect(dsn(writer(SERVICE))), await asyncpg.connect(dsn(owner(SERVICE)))
    view = LiveProjection(VIEW, SERVICE, SERVICE, {LOG.name: LOG})
    try:
        async with environment.pool(writer(LOG.schema)) as own, environment.pool(writer(SERVICE)) as pool:
            progress.describe(f"写入 {events} 条 filling the log")
            await fill_log(own, events)
            progress.describe("建立视图 the live view")
            await Subscription(SERVICE, pool, [LOG], PARTITIONS, now_of, handlers=[VIEW]).open()

        async def ours(_: int) -> float:
            watch = Stopwatch()
            done = await rebuild.rebuild(reader, conn, view, switch=False)
            seconds = watch.seconds
            if done.live != done.rebuilt:
                raise RuntimeError("the rebuilt view differs from the live one")
            return events / seconds

        async def scan(_: int) -> float:
            watch = Stopwatch()
            seen = 0
            async with reader.transaction():
                rows = await reader.cursor(
                    f"SELECT position, record FROM {LOG.schema}.log_entry WHERE log = $1 ORDER BY position",
                    LOG.name,
                )
                while batch := await rows.fetch(BATCH):
                    for row in batch:
                        json.loads(row["record"])
                    seen += len(batch)
            if seen != events:
                raise RuntimeError(f"{seen} rows of {events}")
            return events / watch.seconds

        figures = await interleaved(
            {"gongkai": ours, "scan": scan}, repeats, progress, warm_up=events <= 100_000
        )
        digest = await projections.digest(conn, SERVICE, VIEW)
    finally:
        await reader.close()
        await conn.close()
    return Result(BENCH, events, figures, checked={"digest": digest}, setting={"view": VIEW.name})
