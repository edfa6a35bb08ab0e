"""Projections made of upserts: each sets only what its own event says, and the newest version of a stream wins."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.contracts.envelope import Record
from gongkai.contracts.events import Event, decode
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.upsert import upsert

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fold:
    """How one kind of event becomes columns of a row: an upsert of these columns and no others."""

    table: str
    key: tuple[str, ...]
    version: str | None  # the column that holds the stream's version; None: the row is written once
    columns: Callable[[Any, Record], Columns]

    def conflict_clause(self, names: Iterable[str]) -> str:
        """ON CONFLICT …: what happens to a row that exists already. `names`: the columns of the insert."""
        key = f"ON CONFLICT ({', '.join(self.key)})"
        if self.version is None:
            return f"{key} DO NOTHING"
        changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in self.key)
        newer = f"excluded.{self.version} > coalesce(known.{self.version}, 0)"
        return f"{key} DO UPDATE SET {changed} WHERE {newer}"


@dataclass(frozen=True, slots=True)
class TableProjection:
    """A projection of one fold for each type of event. Events of other types aren't decoded."""

    name: str
    tables: tuple[str, ...]
    folds: Mapping[type[Event], Fold]
    version: int = 1

    @property
    def compaction_keys(self) -> Mapping[str, Sequence[str]]:
        """By record type, the key of the row that it sets: a rebuild decodes only the newest version of each."""
        return {
            f"gongkai.{kind.NAME}.v{kind.VERSION}": fold.key
            for kind, fold in self.folds.items()
            if fold.version is not None and kind.model_fields.keys() >= set(fold.key)
        }

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        by_name = {kind.NAME: fold for kind, fold in self.folds.items()}
        rows: dict[str, dict[tuple[Any, ...], Columns]] = {name: {} for name in by_name}
        for delivered in batch:
            name = delivered.record.name
            fold = by_name.get(name)
            if fold is not None:
                columns = fold.columns(decode(delivered.record), delivered.record)
                key = tuple(columns[column] for column in fold.key)
                known = rows[name].get(key)
                if known is None or (
                    fold.version is not None and columns[fold.version] > known[fold.version]
                ):
                    rows[name][key] = columns
        for name, found in rows.items():
            if found:
                values = list(found.values())
                await upsert(conn, by_name[name].table, values, by_name[name].conflict_clause(values[0]))
