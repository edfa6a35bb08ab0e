"""`project`: decode, apply and checkpoint in batches, against a transaction for every event.

The peer decodes, applies and keeps the same checkpoint by the same functions, one event at a time.
"""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, PARTITIONS, fill_log
from gongkai.bench.measurement import ProgressListener, Stopwatch, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.bench.review_view import SERVICE, VIEW, create_table
from gongkai.ledger import consumer_checkpoint, projections, read
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import owner, writer

BENCH = Bench("project", goals={"per-event": Goal(10, 30)})
EVENTS = 20_000
PEER_FRACTION = 20  # the peer gets so many times fewer events


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int
) -> Result:
    admin = await asyncpg.connect(environment.cluster.admin(environment.cluster.database))
    await prepare_view(environment)
    async with environment.pool(writer(LOG.schema)) as own, environment.pool(writer(SERVICE)) as pool:
        progress.describe("写入日志 filling the log")
        await fill_log(own, events)
        few = max(1, events // PEER_FRACTION)
        digests: dict[str, str] = {}

        async def ours(number: int) -> float:
            await _clear(admin)
            subscription = Subscription(f"bench{number}", pool, [LOG], PARTITIONS, now_of, handlers=[VIEW])
            watch = Stopwatch()
            await subscription.open()
            seconds = watch.seconds
            if max(subscription.seen.values()) != events - 1:
                raise RuntimeError("not everything was applied")
            digests["gongkai"] = await projections.digest(admin, SERVICE, VIEW)
            return events / seconds

        async def per_event(number: int) -> float:
            await _clear(admin)
            name = f"single{number}"
            await consumer_checkpoint.insert_missing(pool, name, [(LOG.name, p) for p in range(PARTITIONS)])
            watch = Stopwatch()
            at = -1
            while at < few - 1:
                for entry in await read.after(pool, LOG, at, min(500, few - 1 - at)):
                    one = Delivered.of(entry)
                    async with pool.acquire() as conn, conn.transaction():
                        await consumer_checkpoint.lock_positions(conn, name, [one.key])
                        await VIEW.apply(conn, [one])
                        await consumer_checkpoint.advance(conn, name, [one])
                    at = entry.place.position
            return few / watch.seconds

        try:
            figures = await interleaved({"gongkai": ours, "per-event": per_event}, repeats, progress)
            await _clear(admin)
            again = await _folded(environment, admin)
        finally:
            await admin.close()
    if again != digests["gongkai"]:
        raise RuntimeError("the view differs from one that is folded in order")
    return Result(BENCH, events, figures, checked={"digest": again}, setting={"view": VIEW.name})


async def prepare_view(environment: BenchEnvironment) -> None:
    """The table of the view that is measured."""
    conn = await asyncpg.connect(environment.cluster.dsn(owner(SERVICE)))
    try:
        await create_table(conn)
    finally:
        await conn.close()


async def now_of(_: Any) -> datetime:
    """The clock of a subscription."""
    return datetime.now(UTC)


async def _clear(admin: Any) -> None:
    await admin.execute(f"TRUNCATE {', '.join(f'{SERVICE}.{table}' for table in VIEW.tables)}")


async def _folded(environment: BenchEnvironment, admin: Any) -> str:
    """The digest of the same view, folded position by position."""
    async with admin.transaction():
        await admin.execute(f"SET LOCAL search_path = {SERVICE}")
        await projections.fold(admin, admin, VIEW, [LOG])
    return await projections.digest(admin, SERVICE, VIEW)
