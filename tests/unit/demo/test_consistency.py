"""What the check says of a log that somebody has been at."""

import hashlib
import json
from typing import Any

import pytest

from gongkai.demo.consistency import LogContents


def row(position: int, version: int = 1, stream: str = "unit-a", **wrong: Any) -> dict[str, Any]:
    record = {
        "id": f"e{position}",
        "type": "gongkai.UnitRegistered.v1",
        "subject": stream,
        "streamversion": version,
        "data": {},
    }
    raw = json.dumps(record).encode()
    leaf = hashlib.sha256(b"\0" + raw).digest()
    return {"position": position, "stream": stream, "version": version, "leaf": leaf, "record": raw} | wrong


def taken(*rows: dict[str, Any]) -> LogContents:
    logs = LogContents()
    logs._add("intake", list(rows))
    return logs


def test_a_whole_log_is_counted() -> None:
    logs = taken(row(0), row(1, 2), row(2, 1, "unit-b"))
    assert not logs.wrong
    assert logs.events["UnitRegistered"] == len(logs.ids) == 3
    assert logs.streams["UnitRegistered"] == {"unit-a", "unit-b"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row(0), row(2, 2)], "1 should come here"),
        ([row(0), row(1, 3)], "out of order"),
        ([row(0), row(1, 1)], "out of order"),
        ([row(0, stream="unit-a") | {"stream": "unit-b"}], "out of order"),
        ([row(0, leaf=b"\0" * 32)], "leaf hash"),
    ],
)
def test_what_was_done_to_it_is_said(rows: list[dict[str, Any]], says: str) -> None:
    (sentence,) = taken(*rows).wrong
    assert says in sentence
