"""`gongkai rebuild VIEW`: from the logs alone, into another schema; compared with the live view, then swapped, or rolled back.
A view whose fold has changed is rebuilt in the same way, unasked, when a release is started.
"""

from typing import Any

import asyncpg

from gongkai.contracts.errors import UnknownVersion, UserError
from gongkai.ledger import projections, rebuild
from gongkai.ledger.read import Connection, Session
from gongkai.ledger.rebuild import LiveProjection, NoPreviousTables, RebuildInProgress, RebuildResult
from gongkai.ledger.rebuild_tables import CannotRebuild
from gongkai.operate.databases.cluster import MONITOR, Cluster, owner
from gongkai.operate.logs.as_of import positions
from gongkai.operate.logs.views import outdated_views, view_named


async def rebuild_view(
    cluster: Cluster, name: str, *, compare: bool = False, rollback: bool = False
) -> RebuildResult:
    """As the owner of the view's schema. Raises UserError."""
    view = view_named(name)
    reader, conn = await _connections(cluster, view)
    try:
        if rollback:
            return await rebuild.switch_back(reader, conn, view)
        return await rebuild.rebuild(reader, conn, view, switch=not compare)
    except NoPreviousTables:
        raise UserError(f"{name} 没有上一版 / {name} has no previous version") from None
    except RebuildInProgress:
        raise UserError(f"{name} 正在重建 / somebody is rebuilding {name}") from None
    except (CannotRebuild, UnknownVersion) as why:
        raise UserError(f"无法重建 / can't be rebuilt: {why}") from None
    finally:
        await _close(reader, conn)


async def rebuild_outdated(cluster: Cluster) -> list[str]:
    """Rebuild every view whose tables are folded by another version than the installed program's. Their names.

    Services of that view that are being started wait for it. Raises UserError.
    """
    done = []
    for name in await _outdated(cluster):
        view = view_named(name)
        reader, conn = await _connections(cluster, view)
        try:
            if await rebuild.bring_to_version(reader, conn, view) is not None:
                done.append(name)
        except (CannotRebuild, UnknownVersion) as why:
            raise UserError(f"{name} 无法重建 / can't be rebuilt: {why}") from None
        finally:
            await _close(reader, conn)
    return done


async def _outdated(cluster: Cluster) -> list[str]:
    conn = await asyncpg.connect(cluster.dsn(MONITOR))
    try:
        return [view.name for view in await outdated_views(conn)]
    finally:
        await conn.close()


async def as_of(cluster: Cluster, name: str, when: str) -> tuple[str, dict[str, int], dict[str, int]]:
    """Build the view as of a moment, into a schema of its own. Returns the schema, the positions, and rows by table."""
    view = view_named(name)
    into = f"{view.schema}_as_of"
    reader, conn = await _connections(cluster, view)
    try:
        async with conn.transaction():
            await rebuild.prepare_schema(conn, into, view.projection.tables)
            await conn.execute(f'GRANT USAGE ON SCHEMA "{into}" TO {MONITOR}')
            at = await _build_as_of(reader, conn, view, into, when)
            for table in view.projection.tables:
                await conn.execute(f'GRANT SELECT ON "{into}".{table} TO {MONITOR}')
        rows = {
            table: await conn.fetchval(f'SELECT count(*) FROM "{into}".{table}')
            for table in view.projection.tables
        }
        return into, at, rows
    except (CannotRebuild, UnknownVersion) as why:
        raise UserError(f"无法重建 / can't be rebuilt: {why}") from None
    finally:
        await _close(reader, conn)


async def _build_as_of(
    reader: Connection, conn: Session, view: LiveProjection, into: str, when: str | None
) -> dict[str, int]:
    followed = await projections.subscription_positions(reader, view.subscription)
    logs = view.followed(followed)
    at = await positions(reader, logs, when)
    until = {key: at[key[0]] for key in followed}
    await projections.rebuild(
        conn,
        view.projection,
        logs,
        live=view.schema,
        into=into,
        until=until,
        reader=reader,
        check_type=view.check_type,
    )
    return at


async def rows_as_of(dsn: str, name: str, when: str | None) -> dict[str, list[dict[str, Any]]]:
    """Every row of a view as it stood then, by table, in the order of its key; built where nobody else sees it.

    As the monitor, who may read everything and write nothing but temporary tables of its own.
    """
    view = view_named(name)
    conn = await asyncpg.connect(dsn)
    try:
        await _build_as_of(conn, conn, view, "pg_temp", when)
        found = {}
        for table in view.projection.tables:
            key = await _key(conn, table)
            rows = await conn.fetch(f"SELECT * FROM pg_temp.{table} ORDER BY {key}")
            found[table] = [dict(row) for row in rows]
        return found
    finally:
        await conn.close()


async def _key(conn: Connection, table: str) -> str:
    key = await conn.fetchval(
        "SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.n) FROM pg_index i,"
        " unnest(i.indkey) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute a ON a.attnum = k.attnum"
        " WHERE a.attrelid = i.indrelid AND i.indisprimary AND i.indrelid = $1::regclass",
        f"pg_temp.{table}",
    )
    return str(key or "1")


async def _connections(cluster: Cluster, view: LiveProjection) -> tuple[Any, Any]:
    """One that reads the logs, one that owns the view."""
    return await asyncpg.connect(cluster.dsn(MONITOR)), await asyncpg.connect(cluster.dsn(owner(view.schema)))


async def _close(*connections: Any) -> None:
    for conn in connections:
        await conn.close()
