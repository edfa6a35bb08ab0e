"""Empty copies of a projection's live tables in another schema, for a rebuild: same columns, constraints, indexes, rights.

Indexes that aren't unique are created after the rows are inserted, which is several times faster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.ledger.read import Session


class CannotRebuild(Exception):
    """The live table has something that a rebuild would lose: a trigger, policy, outside reference or sequence."""


@dataclass(frozen=True, slots=True)
class DeferredStatements:
    """Statements to run in the schema `into` after the rows are inserted."""

    into: str
    statements: tuple[str, ...]


async def create_copies(conn: Session, tables: Sequence[str], *, live: str, into: str) -> DeferredStatements:
    """Create empty copies of the tables in `into`. Raises CannotRebuild."""
    deferred: list[str] = []
    for table in tables:
        await _check_table(conn, table, tables, live)
        await conn.execute(
            f'CREATE TABLE "{into}".{table} (LIKE "{live}".{table} INCLUDING ALL EXCLUDING INDEXES)'
        )
        for name, definition in await _constraints(conn, table, live, "pux"):
            await conn.execute(f'ALTER TABLE "{into}".{table} ADD CONSTRAINT "{name}" {definition}')
        for name, definition in await _constraints(conn, table, live, "f"):
            deferred.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for definition, unique in await _indexes(conn, table, live):
            if unique:
                await _execute_in(conn, into, definition)
            else:
                deferred.append(definition)
    return DeferredStatements(into, tuple(deferred))


async def complete_copies(
    conn: Session, deferred: DeferredStatements, tables: Sequence[str], *, live: str
) -> None:
    """Add indexes, foreign keys and rights: afterwards the copies can replace the live tables."""
    for statement in deferred.statements:
        await _execute_in(conn, deferred.into, statement, live)
    for table in tables:
        for grant in await _grants(conn, table, live):
            await conn.execute(f'GRANT {grant[0]} ON "{deferred.into}".{table} TO {grant[1]}')
        await conn.execute(f'ANALYZE "{deferred.into}".{table}')


async def _execute_in(conn: Session, schema: str, statement: str, *further: str) -> None:
    path = ", ".join(f'"{each}"' for each in (schema, *further))
    async with conn.transaction():
        await conn.execute(f"SET LOCAL search_path = {path}")
        await conn.execute(statement)


async def _check_table(conn: Session, table: str, tables: Sequence[str], live: str) -> None:
    """Raises CannotRebuild."""
    found = await conn.fetch(
        "WITH t AS (SELECT $1::regclass::oid AS oid)"
        " SELECT 'trigger ' || tgname AS what FROM pg_trigger, t WHERE tgrelid = t.oid AND NOT tgisinternal"
        " UNION ALL SELECT 'policy ' || polname FROM pg_policy, t WHERE polrelid = t.oid"
        " UNION ALL SELECT 'reference ' || conname FROM pg_constraint, t"
        "  WHERE confrelid = t.oid AND conrelid <> ALL (SELECT format('%I.%I', $2::text, n)::regclass"
        "   FROM unnest($3::text[]) AS n)"
        " UNION ALL SELECT 'sequence ' || c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.objid, t"
        "  WHERE d.refobjid = t.oid AND c.relkind = 'S' AND d.deptype = 'a'",
        f'"{live}".{table}',
        live,
        list(tables),
    )
    if found:
        raise CannotRebuild(f"{live}.{table}: {', '.join(row['what'] for row in found)}")


async def _constraints(conn: Session, table: str, live: str, kinds: str) -> list[tuple[str, str]]:
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{live}"')
        rows = await conn.fetch(
            "SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint"
            " WHERE conrelid = $1::regclass AND strpos($2, contype::text) > 0 ORDER BY conname",
            f'"{live}".{table}',
            kinds,
        )
    return [(row["conname"], row["definition"]) for row in rows]


async def _indexes(conn: Session, table: str, live: str) -> list[tuple[str, bool]]:
    """Definition (without the schema) and uniqueness of each index that no constraint creates."""
    async with conn.transaction():
        await conn.execute(f'SET LOCAL search_path = "{live}"')
        rows = await conn.fetch(
            "SELECT pg_get_indexdef(i.indexrelid, 0, true) AS definition, i.indisunique FROM pg_index i"
            " WHERE i.indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint c"
            "  WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')) ORDER BY 1",
            f'"{live}".{table}',
        )
    return [(row["definition"], row["indisunique"]) for row in rows]


async def _grants(conn: Session, table: str, live: str) -> list[tuple[str, str]]:
    """Privileges of other roles on the live table: the privilege (with its column, if it is on one) and the grantee."""
    rows = await conn.fetch(
        "SELECT r.privilege_type AS may, r.grantee, NULL AS attname, c.relowner FROM pg_class c, aclexplode(c.relacl) r"
        " WHERE c.oid = $1::regclass"
        " UNION ALL SELECT r.privilege_type, r.grantee, a.attname, c.relowner"
        "  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) r"
        "  WHERE a.attrelid = $1::regclass AND a.attnum > 0",
        f'"{live}".{table}',
    )
    names = {
        row["oid"]: row["name"]
        for row in await conn.fetch("SELECT oid, quote_ident(rolname) AS name FROM pg_roles")
    }
    return [
        (
            row["may"] if row["attname"] is None else f'{row["may"]} ("{row["attname"]}")',
            names.get(row["grantee"], "PUBLIC"),
        )
        for row in rows
        if row["grantee"] != row["relowner"]
    ]
