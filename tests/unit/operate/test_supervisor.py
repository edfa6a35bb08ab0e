"""The supervisor: a death is noticed, a restart never given up, an end comes in the order of severity."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gongkai.operate.embedded import Command
from gongkai.operate.processes import supervisor as module
from gongkai.operate.processes.supervisor import ManagedProcess, StartFailed, Supervisor

GENTLE = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))


class Watch:
    """A supervisor and what it has said."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.supervisor = Supervisor(folder, lambda zh, en: self.said.append(en), lambda: None)

    def start(self, name: str, code: str, stop: tuple[tuple[signal.Signals, float], ...] = GENTLE) -> None:
        self.supervisor.start(ManagedProcess(name, Command((sys.executable, "-c", code), {}), stop))

    async def until(self, *, alive: bool = False, deaths: int = 0) -> int:
        async def enough() -> bool:
            return len(self.said) >= deaths and (bool(self.supervisor.alive()) or not alive)

        await asyncio.wait_for(self.supervisor.until(enough), 30)
        return next(iter(self.supervisor.alive().values()), 0)


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    watching = Watch(tmp_path)
    yield watching
    await watching.supervisor.stop(["it"])


SLEEP = "import time; time.sleep(60)"


async def test_who_dies_is_started_again(watch: Watch) -> None:
    watch.start("it", SLEEP)
    first = await watch.until(alive=True)
    os.kill(first, signal.SIGKILL)
    second = await watch.until(deaths=1, alive=True)
    assert second != first
    assert watch.said == ["it died (signal SIGKILL), restart in 0.1 s"]


async def test_pauses_grow_and_are_bounded(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.03)
    monkeypatch.setattr(module, "MAX_EARLY_DEATHS", 100)
    watch.start("it", "raise SystemExit(3)")
    await watch.until(deaths=5)
    pauses = [said.rpartition("restart in ")[2] for said in watch.said[:5]]
    assert pauses == ["0.01 s", "0.02 s", "0.03 s", "0.03 s", "0.03 s"]


async def test_a_program_that_is_not_there_is_tried_again(watch: Watch) -> None:
    watch.supervisor.start(ManagedProcess("it", Command(("/nowhere",), {}), GENTLE))
    await watch.until(deaths=2)
    assert "No such file" in watch.said[0]


async def test_waiting_for_a_part_that_keeps_dying_ends(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> bool:
        return False

    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    watch.start("it", "print('because', flush=True); raise SystemExit(1)")
    with pytest.raises(StartFailed, match="it 一再退出") as raised:
        await watch.supervisor.until(never)
    assert "because" in raised.value.log.read_text()


async def test_who_does_not_listen_is_killed(watch: Watch) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"
    watch.start("it", deaf, ((signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0)))

    async def deaf_by_now() -> bool:
        log = watch.supervisor.log("it")
        return log.exists() and "deaf" in log.read_text()

    await watch.supervisor.until(deaf_by_now)
    await watch.supervisor.stop(["it"])
    assert watch.supervisor.alive() == {}
    assert watch.said == []


async def test_a_log_that_is_full_is_put_aside_while_it_is_written_to(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOG_SIZE", 1000)
    watch.start("it", "import time\nwhile True: print('x' * 99, flush=True); time.sleep(0.001)")
    rotating = asyncio.create_task(watch.supervisor.rotate_logs(every=0.05))
    log = watch.supervisor.log("it")

    async def put_aside() -> bool:
        return log.with_name("it.log.5").exists()

    await asyncio.wait_for(watch.supervisor.until(put_aside), 30)
    rotating.cancel()
    assert {file.name for file in log.parent.iterdir()} == {"it.log", *(f"it.log.{n}" for n in range(1, 6))}
