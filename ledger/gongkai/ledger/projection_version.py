"""The number of a projection's fold, stored beside its tables: a service works only on tables of the number that it knows.

A release in which the same records give other rows raises `Projection.version`. Its tables are then rebuilt beside the live
ones (`rebuild.bring_to_version`), by the owner of the schema, who alone may make tables; the service waits for that. A
process of the release before is stopped by the switch and changes nothing any more.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from gongkai.ledger.delivery import Delivered
from gongkai.ledger.projections import Projection, subscription_positions
from gongkai.ledger.read import Connection

NEVER_FOLDED: Final = 0  # the projection came to a log with history
LOOK: Final = 0.5  # seconds between two looks whether the tables are rebuilt

_log = structlog.get_logger(__name__)


class OtherVersion(Exception):
    """The tables are folded by another number than this program's."""

    def __init__(self, projection: str, stored: int, program: int) -> None:
        super().__init__(
            f"视图 {projection} 的表由第 {stored} 版折算，本程序为第 {program} 版：请升级本程序，或重建该视图 / the tables of"
            f" {projection} are folded by version {stored}, this program folds by {program}: upgrade it, or rebuild the view"
        )


async def recorded(conn: Connection, schema: str, projection: Projection) -> int | None:
    """The version on record; None: no service has started with this projection yet."""
    version: int | None = await conn.fetchval(
        f'SELECT version FROM "{schema}".projection_version WHERE projection = $1', projection.name
    )
    return version


async def stored(conn: Connection, schema: str, subscription: str, projection: Projection) -> int:
    """The version that the live tables are folded by. As long as nothing was folded at all, they are of any version."""
    version = await recorded(conn, schema, projection)
    if version is not None and version == projection.version:
        return version
    seen = await subscription_positions(conn, subscription)
    if all(position < 0 for position in seen.values()):
        return projection.version
    return NEVER_FOLDED if version is None else version


async def store(conn: Connection, schema: str, projection: Projection) -> None:
    """The live tables are folded by the program's version from now on."""
    await conn.execute(
        f'INSERT INTO "{schema}".projection_version AS v VALUES ($1, $2)'
        " ON CONFLICT (projection) DO UPDATE SET version = excluded.version WHERE v.version <> excluded.version",
        projection.name,
        projection.version,
    )


async def wait_until_current(
    conn: Connection, schema: str, subscription: str, projections: Sequence[Projection]
) -> None:
    """Return once all live tables are folded by this program's versions."""
    told: set[str] = set()
    for projection in projections:
        while (version := await stored(conn, schema, subscription, projection)) != projection.version:
            if projection.name not in told:
                told.add(projection.name)
                _log.warning(
                    "waits for a rebuild", why=str(OtherVersion(projection.name, version, projection.version))
                )
            await asyncio.sleep(LOOK)
        await store(conn, schema, projection)


@dataclass(frozen=True, slots=True)
class VersionCheck:
    """The first handler of a subscription: its transaction fails once the tables are another version's."""

    projections: Sequence[Projection]

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        if not self.projections:
            return
        rows = await conn.fetch("SELECT projection, version FROM projection_version")
        versions = {row["projection"]: row["version"] for row in rows}
        for projection in self.projections:
            if versions[projection.name] != projection.version:
                raise OtherVersion(projection.name, versions[projection.name], projection.version)
