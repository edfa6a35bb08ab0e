"""Every projection, rebuilt from nothing and compared with the live one, table by table."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

from gongkai.ledger.delivery import Delivered
from gongkai.ledger.projections import Projection, digest, rebuild
from gongkai.ledger.read import Connection
from gongkai.operate.logs.views import every_view
from gongkai.operate.services import installed_logs

TEMPORARY: Final = "pg_temp"  # gone with the connection, and nobody else sees it


@dataclass(frozen=True, slots=True)
class TableComparison:
    """One table: as it is, and as the log says."""

    projection: str
    table: str
    rows: int
    live: str
    again: str

    @property
    def equal(self) -> bool:
        return self.live == self.again


async def compare(dsn: str) -> tuple[list[TableComparison], list[str]]:
    """As the monitor, who may read everything and write nothing but temporary tables of its own.

    The tables, and a sentence for every projection that couldn't be built: one of them hides no other.
    """
    views = list(every_view())
    done = await asyncio.gather(
        *(_compare(dsn, schema, projection) for schema, projection in views), return_exceptions=True
    )
    tables: list[TableComparison] = []
    failed: list[str] = []
    for (_, projection), result in zip(views, done, strict=True):
        if isinstance(result, Exception):
            failed.append(f"{projection.name}: can't be built again: {type(result).__name__}: {result}")
        elif isinstance(result, BaseException):
            raise result
        else:
            tables += result
    return tables, failed


async def _compare(dsn: str, schema: str, projection: Projection) -> list[TableComparison]:
    conn = await asyncpg.connect(dsn)
    try:
        followed = await conn.fetch(
            "SELECT DISTINCT log FROM ledger.checkpoint WHERE subscription = $1", schema
        )
        logs = [installed_logs()[row["log"]] for row in followed]
        await rebuild(conn, projection, logs, live=schema, into=TEMPORARY)
        return [await _table(conn, schema, projection, table) for table in projection.tables]
    finally:
        conn.terminate()


async def _table(conn: Connection, schema: str, projection: Projection, table: str) -> TableComparison:
    one = _SingleTable(f"{schema}.{table}", (table,))
    return TableComparison(
        projection.name,
        one.name,
        await conn.fetchval(f'SELECT count(*) FROM "{schema}".{table}'),
        await digest(conn, schema, one),
        await digest(conn, TEMPORARY, one),
    )


@dataclass(frozen=True, slots=True)
class _SingleTable:
    """A table of a projection by itself, so that the one that differs is named."""

    name: str
    tables: tuple[str, ...]
    version: int = 1

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        raise NotImplementedError
