"""Compaction keeps the newest version of the records that set the same row, and every other record."""

import json

from gongkai.ledger.compaction import compactor


def _row(position: int, kind: str, version: int, **data: object) -> tuple[int, int, bytes, None]:
    record = {
        "specversion": "1.0",
        "type": kind,
        "streamversion": version,
        "data": data | {"more": {"a": [1]}},
    }
    return position, 0, json.dumps(record).encode(), None


def test_the_newest_version_of_each_row_is_left_in_the_order_of_the_log() -> None:
    rows = [
        _row(0, "a", 1, document="d", digest="x"),
        _row(1, "other", 2, document="d"),
        _row(2, "a", 3, document="d", digest="y"),
        _row(3, "a", 5, document="d", digest="x"),
        _row(4, "a", 4, document="d", digest="x"),  # an older version that stands later
        _row(5, "b", 1, document="d", digest="x"),
        _row(6, "other", 6, document="d"),
    ]
    compact = compactor({"a": ("document", "digest"), "b": ("document",)})
    assert [row[0] for row in compact(rows)] == [1, 2, 3, 5, 6]


def test_with_no_keys_all_rows_are_left() -> None:
    rows = [_row(0, "a", 1), _row(1, "a", 2)]
    assert list(compactor({})(rows)) == rows
