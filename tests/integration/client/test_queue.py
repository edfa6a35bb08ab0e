"""The offline queue: at least once, in order, whatever dies or is away; what is refused is moved aside."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gongkai.client import Queue, Tally, Unreachable, queue
from gongkai.contracts.ingress import Result
from gongkai.contracts.problem import Problem

CODE = Path(__file__).parents[3]


class FlakyIngress:
    """Takes what it is given, as the ingress does; away for the first `away` times."""

    def __init__(self, away: int = 0) -> None:
        self.away, self.seen = away, list[str]()

    async def hand_in(self, events: list[Mapping[str, Any]]) -> list[Result]:
        if self.away:
            self.away -= 1
            if self.away % 2:  # the answer was lost, not the events
                self.seen += [event["id"] for event in events]
            raise Unreachable("away")
        self.seen += [event["id"] for event in events]
        return [self._told(event) for event in events]

    def _told(self, event: Mapping[str, Any]) -> Result:
        named = {"source": "s", "id": event["id"]}
        if event.get("bad"):
            words = {"type": "urn:x", "title": "错", "title_en": "wrong", "code": "x.wrong"}
            problem = Problem(**words, status=422, clause=None, field=None)
            return Result(**named, state="refused", status=422, problem=problem)
        return Result(**named, state="accepted", status=202, made="m", place="intake/0/1")


def events(*ids: int, **more: Any) -> list[dict[str, Any]]:
    return [{"id": str(n)} | more for n in ids]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(queue, "BATCH", 3)


async def test_all_are_handed_in_in_order_though_nobody_answers_at_first(tmp_path: Path) -> None:
    ingress = FlakyIngress(away=4)
    with Queue(tmp_path / "queue") as mine:
        mine.put(events(1, 2, 3))
        mine.put(events(4, 5, 6, 7))
        assert await mine.hand_in(ingress) == Tally(accepted=7)
        assert len(mine) == 0
    first_time = list(dict.fromkeys(ingress.seen))
    assert first_time == [str(n) for n in range(1, 8)]


async def test_a_refused_one_is_moved_aside_with_its_problem_and_holds_up_nobody(tmp_path: Path) -> None:
    with Queue(tmp_path / "queue") as mine:
        mine.put(events(1) + events(2, bad=True) + events(3, 4))
        assert await mine.hand_in(FlakyIngress()) == Tally(accepted=3, refused=1)
        [refusal] = mine.refused()
        assert (refusal.event["id"], refusal.problem["code"]) == ("2", "x.wrong")
        mine.put([{"id": "2"}])
        mine.drop(refusal.n)
        assert await mine.hand_in(FlakyIngress()) == Tally(accepted=1)
        assert mine.refused() == []


async def test_half_a_put_is_no_put(tmp_path: Path) -> None:
    def breaks() -> Any:
        yield {"id": "1"}
        raise RuntimeError("the caller's own")

    with Queue(tmp_path / "queue") as mine:
        with pytest.raises(RuntimeError):
            mine.put(breaks())
        assert len(mine) == 0
        mine.put(events(1))
        assert len(mine) == 1


_PUTS = """
import sys
from pathlib import Path
from gongkai.client import Queue
with Queue(Path(sys.argv[1])) as queue:
    n = 0
    while True:
        queue.put([{"id": str(n)}, {"id": str(n + 1)}])
        n += 2
        print(n, flush=True)
"""


async def test_what_was_put_in_survives_a_kill(tmp_path: Path) -> None:
    file, promised = tmp_path / "queue", 0
    process = subprocess.Popen(
        [sys.executable, "-c", _PUTS, str(file)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(CODE)},
    )
    assert process.stdout is not None
    for line in process.stdout:
        promised = int(line)
        if promised >= 40:
            process.send_signal(signal.SIGKILL)
            break
    rest = process.stdout.read().split()
    promised = int(rest[-1]) if rest else promised
    process.wait()
    process.stdout.close()
    ingress = FlakyIngress()
    with Queue(file) as mine:
        assert len(mine) >= promised
        assert len(mine) % 2 == 0
        await asyncio.wait_for(mine.hand_in(ingress), 30)
    assert ingress.seen == [str(n) for n in range(len(ingress.seen))]
