"""How events become rows: upserts that set only what their own event says, the newest version of a stream winning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.contracts.envelope import Record
from gongkai.contracts.events import Event, decode
from gongkai.ledger.arrival import Delivered
from gongkai.ledger.read import Connection

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fold:
    """How one kind of event becomes columns of a row: an upsert of these columns and no others."""

    table: str
    key: tuple[str, ...]
    version: str | None  # the column that holds the stream's version; None: the row is written once
    columns: Callable[[Any, Record], Columns]

    def statement(self, columns: Columns) -> str:
        names = ", ".join(columns)
        marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        key = ", ".join(self.key)
        # every name in it is written in this module; values are parameters
        insert = f"INSERT INTO {self.table} AS known ({names}) VALUES ({marks}) ON CONFLICT ({key}) "
        if self.version is None:
            return insert + "DO NOTHING"
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in self.key)
        newer = f"excluded.{self.version} > coalesce(known.{self.version}, 0)"
        return f"{insert}DO UPDATE SET {changed} WHERE {newer}"


@dataclass(frozen=True, slots=True)
class Cases:
    """A projection made of folds. An event of a kind that it doesn't fold is not decoded."""

    name: str
    tables: tuple[str, ...]
    folds: Mapping[type[Event], Fold]

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        by_name = {kind.NAME: fold for kind, fold in self.folds.items()}
        rows: dict[str, list[list[Any]]] = {}
        for what in batch:
            fold = by_name.get(what.record.name)
            if fold is not None:
                columns = fold.columns(decode(what.record), what.record)
                rows.setdefault(fold.statement(columns), []).append([stored(v) for v in columns.values()])
        for statement, values in rows.items():
            await conn.executemany(statement, values)


def stored(value: Any) -> Any:
    """PostgreSQL's text has no NUL, and a coded word is stored as its code."""
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
