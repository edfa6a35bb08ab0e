"""One pytest session that judges many mutants: a process is forked for each, and has its function swapped there.

Everything is imported, and PostgreSQL and the broker run, before the first fork. A mutant's process runs its tests until
one fails, and ends without tearing down what all of them share.
"""

import json
import os
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.code import NotInPlace, put_in_place
from tests.mutants.functions import Mutant

GROUND = "tests/mutants/test_ground.py::test_ground"
LONGEST = 240  # seconds for the tests of one mutant; one that takes longer loops, and is noticed
MOST_ITEMS = 400  # of one mutant's tests: a mark on many parametrized ones isn't worth them all


@dataclass(frozen=True)
class Trial:
    """A mutant, and its tests: those of a tier are all tried before the next. Without a mutant (None) they have to pass."""

    mutant: Mutant | None
    tiers: Sequence[tuple[str, Sequence[str]]]  # name, tests as `file` or `file::name`


@dataclass(frozen=True)
class Result:
    """`by`: the tier that noticed it, `time` where it took too long, `none` where nothing did, `lost` where it could not
    be put in place, `end` where its process ended. `test`: the one that failed."""

    trial: Trial
    by: str
    test: str
    seconds: float


@dataclass
class Session:
    """The plugin. `trials` are made as they are needed; none is begun after `end` (of `time.monotonic()`)."""

    trials: Iterable[Trial]
    end: float | None
    tell: Callable[[Result], None]
    results: list[Result] = field(default_factory=list)
    left: int = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("some tests can't be collected")
        ground = next(item for item in session.items if item.nodeid == GROUND)
        others = [item for item in session.items if item is not ground]
        reports = runtestprotocol(ground, log=True, nextitem=others[0])
        if any(report.failed for report in reports):
            raise session.Failed("nothing to stand on")
        answers = Path(str(session.config.rootpath)) / "build" / "mutants"
        answers.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory() as folder
        ):  # whoever comes first makes the region that scenarios copy
            os.environ["GONGKAI_TEST_REGION"] = str(Path(folder) / "region")
            self._judge(_by_test(others), ground, answers)
        return True

    def _judge(self, items: dict[str, list[pytest.Item]], ground: pytest.Item, answers: Path) -> None:
        running: dict[int, tuple[Trial, float, Path]] = {}
        for number, trial in enumerate(self.trials):
            alone = any(other.mutant is None for other, _, _ in running.values())
            while running and (alone or len(running) >= (os.cpu_count() or 1)):
                self._reap(running)
            if self.end is not None and time.monotonic() > self.end:
                self.left += 1
                continue
            answer = answers / f"{number}.json"
            answer.unlink(missing_ok=True)
            chosen = [
                (tier, item)
                for tier, tests in trial.tiers
                for item in dict.fromkeys(item for test in tests for item in items.get(test, ()))
            ][:MOST_ITEMS]
            pid = os.fork()
            if pid == 0:
                _in_child(trial.mutant, chosen, ground, answer)
            running[pid] = (trial, time.monotonic(), answer)
        while running:
            self._reap(running)

    def _reap(self, running: dict[int, tuple[Trial, float, Path]]) -> None:
        """Wait for one to end, or end one that takes too long."""
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                break
            late = [each for each, (_, begin, _) in running.items() if time.monotonic() - begin > LONGEST]
            for each in late:
                os.killpg(each, signal.SIGKILL)
            time.sleep(0.05)
        trial, begin, answer = running.pop(pid)
        took = time.monotonic() - begin
        told = json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else None
        by, test = (told["by"], told["test"]) if told else ("time" if took > LONGEST else "end", "")
        result = Result(trial, by, test, took)
        self.results.append(result)
        self.tell(result)


def _by_test(items: Iterable[pytest.Item]) -> dict[str, list[pytest.Item]]:
    found: dict[str, list[pytest.Item]] = {}
    for item in items:
        file, _, _ = item.nodeid.partition("::")
        for name in (file, item.nodeid.partition("[")[0]):
            found.setdefault(name, []).append(item)
    return found


def _in_child(
    mutant: Mutant | None, chosen: Sequence[tuple[str, pytest.Item]], ground: pytest.Item, answer: Path
) -> None:
    """Never returns. What it prints goes to a file beside the answer."""
    os.setpgid(0, 0)
    log = os.open(answer.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    by, test = "none", ""
    try:
        if mutant is not None:
            put_in_place(mutant)
        for tier, item in chosen:
            failed = [r for r in runtestprotocol(item, log=False, nextitem=ground) if r.failed]
            if failed:
                by, test = tier, item.nodeid
                print(failed[0].longreprtext, flush=True)
                break
    except NotInPlace:
        by = "lost"
    except BaseException:
        traceback.print_exc()
        by, test = "end", "the process that ran it ended"
    answer.write_text(json.dumps({"by": by, "test": test}), encoding="utf-8")
    os._exit(0)
