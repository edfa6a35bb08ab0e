"""What may be queued: only events that the ingress can read; a refusal names the place of the fault."""

import json
from pathlib import Path
from typing import Any

import pytest

from gongkai.client import Queue, Unfit
from gongkai.contracts.ingress import LARGEST_EVENT


def nested(depth: int) -> dict[str, Any]:
    inside: dict[str, Any] = {}
    for _ in range(depth):
        inside = {"a": inside}
    return inside


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"data": {"x": float("nan")}}, "/data/x"),
        ({"data": {"a/b": [1.5, float("-inf")]}}, "/data/a~1b/1"),
        ({"data": {"n": 10**5_000}}, "/data/n"),
        ({"data": {"text": "\ud800"}}, "/data/text"),
        ({"data": {"text": "文" * (LARGEST_EVENT // 3 + 1)}}, "/data"),
        ({"data_base64": "A" * (LARGEST_EVENT * 3 // 2)}, "/data_base64"),
        ({"data": {}, "extension": "x" * LARGEST_EVENT}, ""),
    ],
)
def test_an_event_that_no_door_could_read_is_not_taken_in(
    tmp_path: Path, event: dict[str, Any], field: str
) -> None:
    with Queue(tmp_path / "queue") as queue:
        with pytest.raises(Unfit) as unfit:
            queue.put([{"id": "good"}, event])
        assert len(queue) == 0
        assert (unfit.value.n, unfit.value.field) == (2, field)
        assert f"第 2 个事件{' ' if field else ''}{field}：" in str(unfit.value)
        assert "/ event 2" in str(unfit.value)


@pytest.mark.parametrize("depth", [260, 2_000])
def test_neither_is_one_that_is_nested_without_end(tmp_path: Path, depth: int) -> None:
    with Queue(tmp_path / "queue") as queue, pytest.raises(Unfit, match=r"嵌套过深 / .*nested too deeply"):
        queue.put([{"data": nested(depth)}])


def test_nor_what_is_no_json_at_all(tmp_path: Path) -> None:
    with Queue(tmp_path / "queue") as queue:
        for event in (["no", "event"], {"data": object()}):
            with pytest.raises(Unfit):
                queue.put([event])  # type: ignore[list-item]


def test_the_largest_event_of_the_door_is_taken_in(tmp_path: Path) -> None:
    room = LARGEST_EVENT - len(json.dumps(["t", {"text": ""}], separators=(",", ":")))
    with Queue(tmp_path / "queue") as queue:
        queue.put([{"type": "t", "data": {"text": "x" * room}, "source": "s" * 256}])
        with pytest.raises(Unfit):
            queue.put([{"type": "t", "data": {"text": "x" * (room + 1)}}])
        assert len(queue) == 1
