"""Inserting or updating a projection's rows in one statement per batch, several times faster than row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from gongkai.ledger.read import Connection

_NUL = rb"\u0000"  # NUL in JSON; text with a literal backslash can match as well, which only costs time


async def upsert(conn: Connection, table: str, rows: Sequence[Mapping[str, Any]], conflict: str) -> None:
    """INSERT these rows, which all have the same columns. `conflict`: the ON CONFLICT clause, in which `known` is the
    existing row.

    PostgreSQL converts each value to its column's type; values are stored as `storable` returns them. Two rows of one
    key are allowed only with DO NOTHING.
    """
    text = to_json(rows)
    if _NUL in text:
        text = to_json(storable(rows))
    names = ", ".join(f'"{name}"' for name in rows[0])
    await conn.execute(
        f"INSERT INTO {table} AS known ({names})"
        f" SELECT {names} FROM json_populate_recordset(NULL::{table}, $1::json) {conflict}",
        text.decode(),
    )


def storable(value: Any) -> Any:
    """The value as it can be stored: NUL, which PostgreSQL's text can't hold, is replaced; a string enum becomes its value."""
    if isinstance(value, str):
        return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {name: storable(each) for name, each in value.items()}
    return value
