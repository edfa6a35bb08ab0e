"""One page of a list from the database, in the order of its key, after or before a cursor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.console.lists.conditions import Where
from gongkai.console.lists.cursor import PAGE, Slice, pack, sliced, unpack
from gongkai.ledger.read import Connection

Key = Mapping[str, Callable[[str], Any]]
"""The columns that a list is sorted by, each with what reads it from a cursor; together they are unique."""


@dataclass(frozen=True, slots=True)
class PageCursor:
    """Which page is asked for: the one after a cursor, the one before it, or the first. `size`: rows."""

    after: str = ""
    before: str = ""
    size: int = PAGE


FIRST_PAGE = PageCursor()


async def listed(
    pool: Connection, select: str, where: Where, key: Key, cursor: PageCursor, *, rising: bool = False
) -> Slice[Any]:
    """The rows of `select` that meet `where`. `rising`: smallest key first; otherwise newest first."""
    key_values = unpack(cursor.before or cursor.after, *key.values())
    backwards = bool(key_values and cursor.before)
    grows = rising != backwards
    if key_values:
        marks = ", ".join("{}" for _ in key)
        where.require(f"({', '.join(key)}) {'>' if grows else '<'} ({marks})", *key_values)
    order = ", ".join(f"{column} {'ASC' if grows else 'DESC'}" for column in key)
    rows = await pool.fetch(f"{select} WHERE {where} ORDER BY {order} LIMIT {cursor.size + 1}", *where.values)
    return sliced(
        rows,
        cursor.size,
        key=lambda row: pack(*(row[column] for column in key)),
        after=key_values is not None,
        backwards=backwards,
    )
