"""Compaction for a rebuild: of the records that set the same row, only the newest version is decoded."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from pydantic_core import SchemaValidator, core_schema


def compactor(fields: Mapping[str, Sequence[str]]) -> Callable[[Iterable[Any]], Iterable[Any]]:
    """A function that takes rows (position, partition, record, …) in order and returns those to apply, in order.

    `fields`: by record type, the fields of the data that are the key of the row it sets. Records of other types are
    always returned.
    """
    if not fields:
        return lambda rows: rows
    read_head = _head_reader(frozenset(chain(*fields.values())))
    named = {kind: itemgetter(*names) for kind, names in fields.items()}

    def compact(rows: Iterable[Any]) -> Iterable[Any]:
        newest: dict[Hashable, tuple[int, Any]] = {}
        for row in rows:
            head = read_head(row[2])
            kind, version = head["type"], head["streamversion"]
            key_of = named.get(kind)
            # of another type: the position is a key of its own
            key: Hashable = row[0] if key_of is None else (kind, key_of(head["data"]))
            known = newest.get(key)
            if known is None or version > known[0]:
                newest[key] = (version, row)
        return sorted((row for _, row in newest.values()), key=itemgetter(0))

    return compact


def _head_reader(names: frozenset[str]) -> Callable[[bytes], Any]:
    """Reads a record's type, stream version and key fields; nothing else of it is made into Python objects."""
    data = core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(core_schema.any_schema(), required=False) for name in names}
    )
    parts = {"type": core_schema.str_schema(), "streamversion": core_schema.int_schema(), "data": data}
    head = {name: core_schema.typed_dict_field(schema) for name, schema in parts.items()}
    return SchemaValidator(core_schema.typed_dict_schema(head)).validate_json
