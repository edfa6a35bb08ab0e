"""The calendar that a deployment counts by: the notices that come with the software, and those entered there (GT-count)."""

import asyncio
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.processes.deployment import Deployment
from gongkai.rules.calendar import Calendar, official
from gongkai.runtime.registry import Replica
from gongkai.runtime.topology import REGISTER_LOGS

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="按在运行中的系统里录入的通知 · with the notices entered in the deployment that runs with this data folder",
    ),
]


def calendar_of(data: Path | None) -> Calendar:
    """Without a data folder the notices that come with the software. Raises NotUp."""
    if data is None:
        return official()
    return asyncio.run(entered(Deployment.running(data).cluster.dsn(MONITOR)))


async def entered(dsn: str) -> Calendar:
    """Folded from the log, as a service does it."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        replica = Replica(pool, REGISTER_LOGS)
        await replica.sync()
        return replica.calendar
