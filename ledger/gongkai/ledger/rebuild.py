"""Rebuild of a projection while it stays in use: built into another schema, compared, and switched in one transaction.

The live tables become the previous ones, to which `switch_back` returns.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gongkai.ledger import projection_version, projections, rebuild_tables
from gongkai.ledger.failpoint import reach
from gongkai.ledger.projections import CheckType, Projection, Vector
from gongkai.ledger.read import Connection, LogId, Session

FINAL_STEP_RECORDS = 2000  # with fewer records left to fold, the subscription is held for the rest


class NoPreviousTables(Exception):
    """The projection was never rebuilt, so there are no previous tables."""


class RebuildInProgress(Exception):
    """Another process is rebuilding the same projection."""


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """Digests of the live tables and of the rebuilt ones, at the same checkpoint."""

    live: str
    rebuilt: str
    switched: bool

    @property
    def equal(self) -> bool:
        return self.live == self.rebuilt


@dataclass(frozen=True, slots=True)
class LiveProjection:
    """A projection with the schema of its live tables, and the subscription and logs that it is folded from.

    In the functions below `conn` is a connection of the schema's owner, `reader` one that may read all its logs.
    """

    projection: Projection
    subscription: str
    schema: str
    logs: Mapping[str, LogId]
    check_type: CheckType | None = None

    @property
    def next_schema(self) -> str:
        return f"{self.schema}_next"

    @property
    def previous_schema(self) -> str:
        return f"{self.schema}_previous"

    def followed(self, at: Vector) -> Sequence[LogId]:
        return [log for name, log in self.logs.items() if name in {key[0] for key in at}]


async def rebuild(
    reader: Connection, conn: Session, view: LiveProjection, *, switch: bool = True
) -> RebuildResult:
    """Rebuild, compare with the live tables, and switch; the live tables stay as the previous ones.

    The live projection goes on meanwhile. Its subscription is held only for the last records, the comparison and
    the switch; readers wait for the switch alone. Raises CannotRebuild, RebuildInProgress.
    """
    async with _exclusively(conn, view):
        return await _rebuild(reader, conn, view, switch=switch)


async def bring_to_version(reader: Connection, conn: Session, view: LiveProjection) -> RebuildResult | None:
    """Rebuild if the live tables are folded by another version of the projection; None: they aren't.

    Of several at once, one rebuilds and the others wait for it. Raises CannotRebuild.
    """
    async with _exclusively(conn, view, wait=True):
        stored = await projection_version.stored(reader, view.schema, view.subscription, view.projection)
        if stored == view.projection.version:
            return None
        return await _rebuild(reader, conn, view, switch=True)


async def _rebuild(reader: Connection, conn: Session, view: LiveProjection, *, switch: bool) -> RebuildResult:
    tables = view.projection.tables
    await prepare_schema(conn, view.next_schema, tables)
    deferred = await rebuild_tables.create_copies(conn, tables, live=view.schema, into=view.next_schema)
    await conn.execute("SET synchronous_commit = off")
    done: Vector = {}
    while True:
        until = await projections.subscription_positions(reader, view.subscription)
        await _fold(reader, conn, view, done, until)
        left, done = sum(until.values()) - sum(done.get(key, -1) for key in until), until
        if left < FINAL_STEP_RECORDS:
            break
    await rebuild_tables.complete_copies(conn, deferred, tables, live=view.schema)
    await conn.execute("SET synchronous_commit = on")
    async with conn.transaction():
        at = await _hold(conn, view)
        await _fold(reader, conn, view, done, at)
        live = await projections.digest(conn, view.schema, view.projection)
        rebuilt = await projections.digest(conn, view.next_schema, view.projection)
        if switch:
            await prepare_schema(conn, view.previous_schema, tables)
            await _switch(conn, view, view.next_schema, at)
            reach("rebuild.switched")
    if not switch:
        await prepare_schema(conn, view.next_schema, tables)
    return RebuildResult(live, rebuilt, switch)


async def switch_back(reader: Connection, conn: Session, view: LiveProjection) -> RebuildResult:
    """Fold what is missing into the previous tables and switch to them; the live ones become the previous ones.

    Raises NoPreviousTables, RebuildInProgress, and CannotRebuild for tables of another version of the projection.
    """
    async with _exclusively(conn, view), conn.transaction():
        at = await _hold(conn, view)
        if await conn.fetchval("SELECT to_regclass($1)", f'"{view.previous_schema}".view_extent') is None:
            raise NoPreviousTables(view.projection.name)
        await _ensure_extents(conn, view)
        previous = await conn.fetchrow(
            f'SELECT at, version FROM "{view.previous_schema}".view_extent WHERE projection = $1',
            view.projection.name,
        )
        if previous is None:
            raise NoPreviousTables(view.projection.name)
        if previous["version"] != view.projection.version:
            raise rebuild_tables.CannotRebuild(
                f"{view.projection.name}: the previous tables are of version {previous['version']},"
                f" this program folds by {view.projection.version}"
            )
        before = {(log, int(partition)): position for log, partition, position in json.loads(previous["at"])}
        await conn.execute(f'SET LOCAL search_path = "{view.previous_schema}"')
        await projections.fold(
            reader,
            conn,
            view.projection,
            view.followed(at),
            after=before,
            until=at,
            check_type=view.check_type,
        )
        live = await projections.digest(conn, view.schema, view.projection)
        rebuilt = await projections.digest(conn, view.previous_schema, view.projection)
        await _ensure_schema(conn, view.next_schema)
        for table in view.projection.tables:
            await conn.execute(
                f'ALTER TABLE "{view.previous_schema}".{table} SET SCHEMA "{view.next_schema}"'
            )
        await _switch(conn, view, view.next_schema, at)
    return RebuildResult(live, rebuilt, True)


@asynccontextmanager
async def _exclusively(conn: Session, view: LiveProjection, *, wait: bool = False) -> AsyncIterator[None]:
    key = f"rebuild:{view.projection.name}"
    if wait:
        await conn.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", key)
    elif not await conn.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", key):
        raise RebuildInProgress(view.projection.name)
    try:
        yield
    finally:
        if not conn.is_closed():
            await conn.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", key)


async def _fold(
    reader: Connection, conn: Session, view: LiveProjection, after: Vector, until: Vector
) -> None:
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{view.next_schema}"')
        await projections.fold(
            reader,
            conn,
            view.projection,
            view.followed(until),
            after=after,
            until=until,
            check_type=view.check_type,
        )


async def _hold(conn: Session, view: LiveProjection) -> dict[tuple[str, int], int]:
    """Lock the subscription's checkpoints until the transaction ends: the live tables hold exactly what they say."""
    rows = await conn.fetch("SELECT * FROM ledger.hold($1)", view.subscription)
    return {(row["log"], row["partition"]): row["position"] for row in rows}


async def _ensure_schema(conn: Session, name: str) -> None:
    if not await conn.fetchval("SELECT to_regnamespace($1) IS NOT NULL", f'"{name}"'):
        await conn.execute(f'CREATE SCHEMA "{name}"')


async def prepare_schema(conn: Session, schema: str, tables: Sequence[str]) -> None:
    """Create the schema if it is missing, and drop these tables from it."""
    await _ensure_schema(conn, schema)
    await conn.execute("DROP TABLE IF EXISTS " + ", ".join(f'"{schema}".{table}' for table in tables))


async def _switch(conn: Session, view: LiveProjection, source_schema: str, at: Vector) -> None:
    """Move the live tables to the previous schema and those of `source_schema` into their place; redefine SQL views on them."""
    tables = view.projection.tables
    await conn.execute("LOCK TABLE " + ", ".join(f'"{view.schema}".{t}' for t in tables))
    was = await projection_version.recorded(conn, view.schema, view.projection)
    views = await _view_definitions(conn, view)
    await _ensure_schema(conn, view.previous_schema)
    for table in tables:
        await conn.execute(f'ALTER TABLE "{view.schema}".{table} SET SCHEMA "{view.previous_schema}"')
        await conn.execute(f'ALTER TABLE "{source_schema}".{table} SET SCHEMA "{view.schema}"')
    for statement in views:
        await conn.execute(statement)
    await _ensure_extents(conn, view)
    await conn.execute(
        f'INSERT INTO "{view.previous_schema}".view_extent (projection, at, version) VALUES ($1, $2, $3)'
        " ON CONFLICT (projection) DO UPDATE SET at = excluded.at, version = excluded.version",
        view.projection.name,
        json.dumps([[*key, position] for key, position in sorted(at.items())]),
        projection_version.NEVER_FOLDED if was is None else was,
    )
    await projection_version.store(conn, view.schema, view.projection)


async def _ensure_extents(conn: Connection, view: LiveProjection) -> None:
    """The table of how far the previous tables were folded, and by which version."""
    table = f'"{view.previous_schema}".view_extent'
    await conn.execute(f"CREATE TABLE IF NOT EXISTS {table} (projection text PRIMARY KEY, at text NOT NULL)")
    await conn.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1")


async def _view_definitions(conn: Session, view: LiveProjection) -> list[str]:
    """Statements that redefine the SQL views on these tables by name, inner views first."""
    await conn.execute("SET LOCAL search_path = ''")  # so that definitions name every schema
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
        raise rebuild_tables.CannotRebuild(f"{view.projection.name}: {', '.join(stored)} is stored")
    return [
        f"CREATE OR REPLACE VIEW {row['name']}"
        + (f" WITH ({row['options']})" if row["options"] else "")
        + f" AS {row['definition']}"
        for row in rows
    ]
