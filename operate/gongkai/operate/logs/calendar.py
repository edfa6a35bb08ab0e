"""The calendar that a deployment counts by: the notices that come with the software, and those entered in it (GT-count)."""

import asyncio
from pathlib import Path

import asyncpg

from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import register_logs
from gongkai.rules.calendar import Calendar, official
from gongkai.runtime.registry import Replica


def calendar_of(data: Path | None) -> Calendar:
    """Without a data folder the notices that come with the software. Raises NotUp."""
    if data is None:
        return official()
    return asyncio.run(calendar_in_log(Deployment.running(data).cluster.dsn(MONITOR)))


async def calendar_in_log(dsn: str) -> Calendar:
    """Folded from the log, as a service does it."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        replica = Replica(pool, register_logs())
        await replica.sync()
        return replica.calendar
