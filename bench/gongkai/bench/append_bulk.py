"""`append-bulk`: the way of an import, against COPY. Big batches of commands, with every check and hash, a log that is
whole and readable after each; the peer is COPY, in binary, of the same rows into a table with the same constraints.
"""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, PARTITIONS, make_writes
from gongkai.bench.log_check import check_log
from gongkai.bench.measurement import ProgressListener, Stopwatch, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.ledger.append import append_many
from gongkai.ledger.read import Connection
from gongkai.operate.databases.cluster import writer

BENCH = Bench("append-bulk", goals={"copy": Goal(0.3, 0.5)})
EVENTS = 50_000
COLUMNS = (
    *("log", "position", "stream", "version", "partition"),
    *("event_id", "committed_at", "record", "leaf", "trace"),
)


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int
) -> Result:
    """Commands are sealed beforehand, as COPY's rows are: what is compared is how they get into a log."""
    admin = await asyncpg.connect(environment.cluster.admin(environment.cluster.database))
    try:
        await admin.execute(
            f"CREATE SCHEMA peer; CREATE TABLE peer.log_entry (LIKE {LOG.schema}.log_entry INCLUDING ALL)"
        )
        async with environment.pool(writer(LOG.schema)) as pool:

            async def ours(number: int) -> float:
                ready = list(make_writes(f"r{number}", events))
                watch = Stopwatch()
                await append_many(pool, LOG, PARTITIONS, datetime.now(UTC), ready)
                return events / watch.seconds

            async def copy(number: int) -> float:
                rows = await _rows(pool, number * events, events)
                watch = Stopwatch()
                await admin.copy_records_to_table(
                    "log_entry", schema_name="peer", columns=COLUMNS, records=rows
                )
                return events / watch.seconds

            # ours always goes first: the rows that COPY gets are the ones that ours has written
            figures = await interleaved({"gongkai": ours, "copy": copy}, repeats, progress, rotate=False)
            progress.describe("核对 checking the log")
            expected = (repeats + 1) * events
            checked = await check_log(pool, LOG, expected)
        same = await admin.fetchval(
            f"SELECT count(*) FROM peer.log_entry JOIN {LOG.schema}.log_entry USING (log, position, record, leaf)"
        )
        if same != expected:
            raise RuntimeError(f"copy: {same} rows of {expected}")
    finally:
        await admin.close()
    return Result(BENCH, events, figures, checked=checked | {"peers": {"copy": same}})


async def _rows(pool: Connection, start: int, count: int) -> list[tuple[Any, ...]]:
    rows = await pool.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM {LOG.schema}.log_entry WHERE log = $1 AND position >= $2"
        " ORDER BY position LIMIT $3",
        LOG.name,
        start,
        count,
    )
    return [tuple(row) for row in rows]
