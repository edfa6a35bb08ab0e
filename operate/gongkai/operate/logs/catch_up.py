"""`gongkai catch-up NAME`: a reaction or a kind of deadline that came with a release is applied to the history before it.

The service that it belongs to does it, with the program that it runs; here it is asked for, and watched.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import asyncpg

from gongkai.contracts.errors import UserError
from gongkai.ledger import acts_since, catch_up, read
from gongkai.ledger.acts_since import Extent
from gongkai.ledger.read import Connection
from gongkai.operate.databases.cluster import MONITOR, Cluster, owner
from gongkai.operate.services import installed_logs

LOOK = 0.2  # seconds between two looks at how far it is
STUCK_AFTER = 60.0  # seconds without progress


@dataclass(frozen=True, slots=True)
class History:
    """A reaction or a kind of deadline, `<service>.<name>`, and on what of each log it acts."""

    name: str
    extents: tuple[Extent, ...]

    @property
    def complete(self) -> bool:
        return all(extent.complete for extent in self.extents)

    @property
    def running(self) -> bool:
        return any(extent.until is not None for extent in self.extents)

    @property
    def stopped(self) -> str | None:
        return next((extent.stopped for extent in self.extents if extent.stopped is not None), None)

    @property
    def left(self) -> int:
        """Records of history that it was never applied to."""
        return sum(max(0, extent.since - extent.done) for extent in self.extents)

    @property
    def progress(self) -> tuple[int, int]:
        """Of what is asked for: records done, records in all."""
        asked = [(e.walked, e.until) for e in self.extents if e.walked is not None and e.until is not None]
        return sum(walked + 1 for walked, _ in asked), sum(until + 1 for _, until in asked)


async def histories(conn: Connection) -> list[History]:
    """Every reaction and kind of deadline that a service has started with, as the monitor sees them."""
    found = []
    for log in installed_logs().values():
        extents = await acts_since.load(conn, schema=log.schema)
        for name, mine in groupby(extents, lambda extent: extent.name):
            found.append(History(f"{log.schema}.{name}", tuple(mine)))
    return found


async def list_histories(cluster: Cluster) -> list[History]:
    conn = await asyncpg.connect(cluster.dsn(MONITOR))
    try:
        return await histories(conn)
    finally:
        await conn.close()


async def ask(cluster: Cluster, name: str) -> None:
    """Have the service apply it to all that its logs hold now. Raises UserError for a name that isn't there."""
    reader = await asyncpg.connect(cluster.dsn(MONITOR))
    try:
        logs = [installed_logs()[extent.log] for extent in _named(await histories(reader), name).extents]
        until = {log.name: await read.size(reader, log) - 1 for log in logs}
    finally:
        await reader.close()
    schema, _, own = name.partition(".")
    conn = await asyncpg.connect(cluster.dsn(owner(schema)))
    try:
        await catch_up.ask(conn, own, until)
    finally:
        await conn.close()


async def follow(cluster: Cluster, name: str) -> AsyncIterator[History]:
    """How far it is, each time that it has moved; the last one is the end.

    Raises UserError when it is stopped, or doesn't move for STUCK_AFTER: it goes on by itself all the same.
    """
    conn = await asyncpg.connect(cluster.dsn(MONITOR))
    try:
        before, still = None, 0.0
        while True:
            now = _named(await histories(conn), name)
            if now != before:
                yield now
                before, still = now, 0.0
            if now.stopped is not None:
                raise UserError(f"{name} 已停下 / stopped: {now.stopped}")
            if not now.running:
                return
            if still > STUCK_AFTER:
                raise UserError(
                    f"{name} 在 {still:.0f} 秒内没有进展，服务可能未在运行；启动后会自动继续 / {name} hasn't moved for"
                    f" {still:.0f} s; the service may not be running. It goes on by itself"
                )
            await asyncio.sleep(LOOK)
            still += LOOK
    finally:
        await conn.close()


def _named(found: Sequence[History], name: str) -> History:
    for each in found:
        if each.name == name:
            return each
    there = "、".join(each.name for each in found)
    raise UserError(f"没有 {name}，现有：{there} / no {name}; there are: {there.replace('、', ', ')}")
