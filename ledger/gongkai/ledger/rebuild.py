"""A view built again beside the live one while events arrive; compared, switched in one transaction, and back again."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gongkai.ledger import projections, rebuild_tables
from gongkai.ledger.projections import Projection, Understand, Vector
from gongkai.ledger.read import Connection, LogId

CLOSE = 2000  # records left to fold: near enough to hold the subscription for the rest


class NothingToGoBackTo(Exception):
    """The view was never rebuilt, so there is no earlier one."""


class BeingRebuilt(Exception):
    """Somebody else is rebuilding the same view at this moment."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Digests of the view as it was and as the log says, at the very same places."""

    live: str
    again: str
    switched: bool

    @property
    def equal(self) -> bool:
        return self.live == self.again


@dataclass(frozen=True, slots=True)
class View:
    """A projection where it lives. `conn` is its owner's connection, `reader` one that may read all its logs."""

    projection: Projection
    subscription: str
    schema: str
    logs: Mapping[str, LogId]
    understand: Understand | None = None  # raises for a record of a kind that nobody here may guess at

    @property
    def next(self) -> str:
        return f"{self.schema}_next"

    @property
    def previous(self) -> str:
        return f"{self.schema}_previous"

    def followed(self, at: Vector) -> Sequence[LogId]:
        return [log for name, log in self.logs.items() if name in {key[0] for key in at}]


async def rebuild(reader: Connection, conn: Connection, view: View, *, switch: bool = True) -> Rebuilt:
    """Build again, compare, and put it in the live one's place, which stays as the previous one.

    The live view keeps changing meanwhile. Its subscription is held only for the last records, the comparison and
    the switch; readers wait for the switch alone. Raises Unfit, BeingRebuilt.
    """
    tables = view.projection.tables
    async with _alone(conn, view):
        await clear(conn, view.next, tables)
        later = await rebuild_tables.make(conn, tables, live=view.schema, into=view.next)
        await conn.execute("SET synchronous_commit = off")
        done: Vector = {}
        while True:
            until = await projections.followed(reader, view.subscription)
            await _fold(reader, conn, view, done, until)
            left, done = sum(until.values()) - sum(done.get(key, -1) for key in until), until
            if left < CLOSE:
                break
        await rebuild_tables.finish(conn, later, tables, live=view.schema)
        await conn.execute("SET synchronous_commit = on")
        async with conn.transaction():
            at = await _hold(conn, view)
            await _fold(reader, conn, view, done, at)
            live = await projections.digest(conn, view.schema, view.projection)
            again = await projections.digest(conn, view.next, view.projection)
            if switch:
                await clear(conn, view.previous, tables)
                await _exchange(conn, view, view.next, at)
        if not switch:
            await clear(conn, view.next, tables)
    return Rebuilt(live, again, switch)


async def back(reader: Connection, conn: Connection, view: View) -> Rebuilt:
    """Put the previous view back, brought up to date first; the present one becomes the previous one."""
    async with _alone(conn, view), conn.transaction():
        at = await _hold(conn, view)
        if await conn.fetchval("SELECT to_regclass($1)", f'"{view.previous}".view_extent') is None:
            raise NothingToGoBackTo(view.projection.name)
        text = await conn.fetchval(
            f'SELECT at FROM "{view.previous}".view_extent WHERE projection = $1', view.projection.name
        )
        if text is None:
            raise NothingToGoBackTo(view.projection.name)
        before = {(log, int(partition)): position for log, partition, position in json.loads(text)}
        await conn.execute(f'SET LOCAL search_path = "{view.previous}"')
        await projections.fold(
            reader,
            conn,
            view.projection,
            view.followed(at),
            after=before,
            until=at,
            understand=view.understand,
        )
        live = await projections.digest(conn, view.schema, view.projection)
        again = await projections.digest(conn, view.previous, view.projection)
        await _schema(conn, view.next)
        for table in view.projection.tables:
            await conn.execute(f'ALTER TABLE "{view.previous}".{table} SET SCHEMA "{view.next}"')
        await _exchange(conn, view, view.next, at)
    return Rebuilt(live, again, True)


@asynccontextmanager
async def _alone(conn: Connection, view: View) -> AsyncIterator[None]:
    key = f"rebuild:{view.projection.name}"
    if not await conn.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", key):
        raise BeingRebuilt(view.projection.name)
    try:
        yield
    finally:
        if not conn.is_closed():
            await conn.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", key)


async def _fold(reader: Connection, conn: Connection, view: View, after: Vector, until: Vector) -> None:
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{view.next}"')
        await projections.fold(
            reader,
            conn,
            view.projection,
            view.followed(until),
            after=after,
            until=until,
            understand=view.understand,
        )


async def _hold(conn: Connection, view: View) -> dict[tuple[str, int], int]:
    """From here on the subscription waits. Its place is what the view holds, exactly."""
    rows = await conn.fetch("SELECT * FROM ledger.hold($1)", view.subscription)
    return {(row["log"], row["partition"]): row["position"] for row in rows}


async def _schema(conn: Connection, name: str) -> None:
    if not await conn.fetchval("SELECT to_regnamespace($1) IS NOT NULL", f'"{name}"'):
        await conn.execute(f'CREATE SCHEMA "{name}"')


async def clear(conn: Connection, schema: str, tables: Sequence[str]) -> None:
    """Make the schema, and room in it."""
    await _schema(conn, schema)
    await conn.execute("DROP TABLE IF EXISTS " + ", ".join(f'"{schema}".{table}' for table in tables))


async def _exchange(conn: Connection, view: View, fresh: str, at: Vector) -> None:
    """The tables of `fresh` go live, the live ones become the previous ones, and what reads them by name follows."""
    tables = view.projection.tables
    await conn.execute("LOCK TABLE " + ", ".join(f'"{view.schema}".{t}' for t in tables))
    readers = await _readers(conn, view)
    await _schema(conn, view.previous)
    for table in tables:
        await conn.execute(f'ALTER TABLE "{view.schema}".{table} SET SCHEMA "{view.previous}"')
        await conn.execute(f'ALTER TABLE "{fresh}".{table} SET SCHEMA "{view.schema}"')
    for statement in readers:
        await conn.execute(statement)
    await conn.execute(
        f'CREATE TABLE IF NOT EXISTS "{view.previous}".view_extent (projection text PRIMARY KEY, at text NOT NULL)'
    )
    await conn.execute(
        f'INSERT INTO "{view.previous}".view_extent VALUES ($1, $2)'
        " ON CONFLICT (projection) DO UPDATE SET at = excluded.at",
        view.projection.name,
        json.dumps([[*key, position] for key, position in sorted(at.items())]),
    )


async def _readers(conn: Connection, view: View) -> list[str]:
    """Statements that define the SQL views over these tables anew, by the names they have now, the inner ones first."""
    await conn.execute("SET LOCAL search_path = ''")  # so that every name is written with its schema
    rows = await conn.fetch(
        "WITH RECURSIVE over AS ("
        " SELECT r.ev_class AS oid, 1 AS depth FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid"
        "  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass"
        "  AND d.refobjid = ANY ($1::text[]::regclass[]::oid[]) AND r.ev_class <> d.refobjid"
        " UNION SELECT r.ev_class, o.depth + 1 FROM over o JOIN pg_depend d ON d.refobjid = o.oid"
        "  JOIN pg_rewrite r ON r.oid = d.objid WHERE d.classid = 'pg_rewrite'::regclass AND r.ev_class <> o.oid)"
        " SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind, max(o.depth),"
        "  array_to_string(c.reloptions, ', ') AS options, pg_get_viewdef(c.oid) AS definition"
        " FROM over o JOIN pg_class c ON c.oid = o.oid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " GROUP BY c.oid, n.nspname, c.relname, c.relkind, c.reloptions ORDER BY 3, 1",
        [f'"{view.schema}".{table}' for table in view.projection.tables],
    )
    stored = [row["name"] for row in rows if row["relkind"] != b"v"]
    if stored:
        raise rebuild_tables.Unfit(f"{view.projection.name}: {', '.join(stored)} is stored")
    return [
        f"CREATE OR REPLACE VIEW {row['name']}"
        + (f" WITH ({row['options']})" if row["options"] else "")
        + f" AS {row['definition']}"
        for row in rows
    ]
