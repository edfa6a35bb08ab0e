"""Projections: tables that are nothing but a fold of the log, so that they can be built again and compared."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from gongkai.ledger import read
from gongkai.ledger.arrival import Delivered
from gongkai.ledger.read import Connection, LogId


class Projection(Protocol):
    """`tables` are unqualified names; the search path decides whether they are the live ones or a rebuild's.

    `apply` gives the same tables for every order of events that Kafka can produce, and never reads the clock.
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None: ...


async def digest(conn: Connection, schema: str, projection: Projection) -> str:
    """SHA-256 over all rows of the projection's tables, whatever order they lie in."""
    total = hashlib.sha256()
    for table in projection.tables:
        rows = await conn.fetch(f'SELECT t::text AS line FROM "{schema}".{table} t')
        lines = sorted(row["line"] for row in rows)
        total.update(f"{table}\0{len(lines)}\0".encode())
        for line in lines:
            total.update(hashlib.sha256(line.encode()).digest())
    return total.hexdigest()


async def rebuild(
    conn: Connection, projection: Projection, logs: Sequence[LogId], *, live: str, into: str
) -> None:
    """Build the projection again from nothing in the schema `into`, with tables like those in `live`."""
    for table in projection.tables:
        await conn.execute(f'CREATE TABLE "{into}".{table} (LIKE "{live}".{table} INCLUDING ALL)')
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{into}"')
        for log in logs:
            async for entries in read.whole(conn, log):
                await projection.apply(conn, [Delivered.of(entry) for entry in entries])
