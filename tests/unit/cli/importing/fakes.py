"""An import without a deployment: a file, an event sink, and the results."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gongkai.cli.importing import run as importing
from gongkai.client import Unreachable
from gongkai.contracts.ingress import DRAFTED, Result

Event = dict[str, Any]


def _nothing(_: Event) -> bool:
    return False


class EventSink:
    """Takes `most` requests, then is away; refuses the events that are `bad`."""

    def __init__(self, most: int = 1_000, bad: Callable[[Event], bool] = _nothing) -> None:
        self.most, self.bad = most, bad
        self.seen, self.practised = list[str](), list[str]()

    async def hand_in(self, events: list[Event], *, practice: bool = False) -> list[Result]:
        if not self.most:
            raise Unreachable("away")
        self.most -= 1
        answers = [self._result(event) for event in events]
        (self.practised if practice else self.seen).extend(event["id"] for event in events)
        return answers

    def _result(self, event: Event) -> Result:
        named = {"source": event["source"], "id": event["id"]}
        if self.bad(event):
            return Result(**named, state="refused", status=422)
        return Result(**named, state="duplicate" if event["id"] in self.seen else "accepted", status=202)


async def run(file: Path, sink: importing.EventSink, **more: Any) -> Counter[str]:
    defaults = {"kind": DRAFTED, "source": "import/test", "practice": False, "on_progress": lambda *_: None}
    return await importing.run(file, sink, **{**defaults, "intake": "http://here", "system": "oa", **more})


def written(file: Path) -> list[dict[str, Any]]:
    """What the results file says, its head first."""
    return [json.loads(line) for line in Path(f"{file}.results.jsonl").read_text().splitlines()]


def results(file: Path) -> list[dict[str, Any]]:
    return written(file)[1:]


def append(file: Path, said: bytes) -> None:
    """To the results."""
    with Path(f"{file}.results.jsonl").open("ab") as written:
        written.write(said)


def cut_last_byte(file: Path) -> None:
    """The results, as when the power failed before their last byte was written."""
    path = Path(f"{file}.results.jsonl")
    path.write_bytes(path.read_bytes()[:-1])


def write(file: Path, count: int) -> None:
    file.write_text("".join(f'{{"unit": "finance", "title": "第{n}号"}}\n' for n in range(count)))


def write_events(file: Path, *events: Event) -> None:
    """Whole events, a line each."""
    file.write_text("".join(json.dumps({"specversion": "1.0"} | event) + "\n" for event in events))
