"""One page of a list out of the database, in the order of its key, forwards or back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.console.lists.conditions import Where
from gongkai.console.lists.cursor import PAGE, Slice, pack, sliced, unpack

Key = Mapping[str, Callable[[str], Any]]
"""The columns that a list is sorted by, each with what reads it from a cursor; together they are unique."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which page is asked for: the one behind a cursor, the one before it, or the first."""

    after: str = ""
    before: str = ""
    size: int = PAGE


FIRST = Leaf()


async def listed(
    pool: Any, select: str, where: Where, key: Key, leaf: Leaf, *, rising: bool = False
) -> Slice[Any]:
    """The rows of `select` that meet `where`. `rising`: smallest key first; otherwise newest first."""
    cursor = unpack(leaf.before or leaf.after, *key.values())
    backwards = bool(cursor and leaf.before)
    grows = rising != backwards
    if cursor:
        marks = ", ".join("{}" for _ in key)
        where.need(f"({', '.join(key)}) {'>' if grows else '<'} ({marks})", *cursor)
    order = ", ".join(f"{column} {'ASC' if grows else 'DESC'}" for column in key)
    rows = await pool.fetch(f"{select} WHERE {where} ORDER BY {order} LIMIT {leaf.size + 1}", *where.values)
    return sliced(
        rows,
        leaf.size,
        key=lambda row: pack(*(row[column] for column in key)),
        after=cursor is not None,
        backwards=backwards,
    )
