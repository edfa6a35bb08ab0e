"""Keeps processes alive: starts them, notices when one dies, starts it again, stops them in a given order.

Written here after a look at circus and supervisor. Both lack what we need most: a pause that grows while a
process keeps dying, is bounded, and never turns into giving up (circus has a plugin that stops such a
process; supervisor restarts without a pause, or ends in FATAL); a start that waits until another process is
ready; PostgreSQL's own signals, and what it leaves behind. Circus also polls, and opens a control port
that anybody on the machine may command.
"""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gongkai.contracts.errors import UserError
from gongkai.operate.embedded import Command

FIRST_PAUSE: Final = 0.1  # seconds before a restart; doubles with every death in a row
LONGEST_PAUSE: Final = 8.0
STABLE_AFTER: Final = 5.0  # seconds; who ran so long did not die "in a row"
MAX_EARLY_DEATHS: Final = 5  # deaths in a row, before the first "ready", after which a start has failed
LOG_SIZE: Final = 10_000_000
LOGS_KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class ManagedProcess:
    """One process to keep alive. `stop`: signals in order of severity, each with the seconds it gets."""

    name: str
    command: Command
    stop: tuple[tuple[signal.Signals, float], ...]
    before: Callable[[], object] = lambda: None  # runs before every start, in a thread


@dataclass(slots=True)
class _Supervised:
    managed: ManagedProcess
    task: asyncio.Task[None] | None = None
    process: asyncio.subprocess.Process | None = None
    in_a_row: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class StartFailed(UserError):
    """A process died again and again before it was ever ready."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} 一再退出 / keeps dying; 日志 log: {log}")
        self.log = log


class Supervisor:
    """`say(zh, en)` is told of every death; `changed()` whenever a process id changes."""

    def __init__(self, logs: Path, say: Callable[[str, str], None], changed: Callable[[], None]) -> None:
        self._logs = logs
        self._say = say
        self._changed = changed
        self._supervised: dict[str, _Supervised] = {}
        self.recovering: set[str] = set()  # died since, and not yet reported ready again

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def alive(self) -> dict[str, int]:
        """Names and process ids, in the order of their start."""
        return {name: each.process.pid for name, each in self._supervised.items() if each.process is not None}

    def start(self, process: ManagedProcess) -> None:
        """From now on, keep it alive."""
        supervised = self._supervised[process.name] = _Supervised(process)
        supervised.task = asyncio.create_task(self._keep_alive(supervised), name=process.name)

    async def until(self, check: Callable[[], Awaitable[bool]], every: float = 0.05) -> None:
        """Wait until the check holds. Raises StartFailed when a process keeps dying meanwhile."""
        while not await check():
            for supervised in self._supervised.values():
                if supervised.in_a_row >= MAX_EARLY_DEATHS:
                    raise StartFailed(supervised.managed.name, self.log(supervised.managed.name))
                if supervised.task is not None and supervised.task.done():
                    supervised.task.result()  # a mistake of ours: let it be seen
            await asyncio.sleep(every)

    async def stop(self, names: Iterable[str]) -> None:
        """End them together; returns when the last one has ended."""
        await asyncio.gather(
            *(self._stop(self._supervised[name]) for name in names if name in self._supervised)
        )

    async def rotate_logs(self, every: float = 10) -> None:
        """For ever. Copy, then cut: a child keeps its file open, and goes on even if nobody watches it."""
        while True:
            await asyncio.sleep(every)
            for name in self._supervised:
                with suppress(OSError):
                    if self.log(name).stat().st_size > LOG_SIZE:
                        await asyncio.to_thread(_rotate, self.log(name))

    async def _keep_alive(self, supervised: _Supervised) -> None:
        managed = supervised.managed
        while not supervised.stopping.is_set():
            born = time.monotonic()
            ending = await self._run_once(supervised)
            if supervised.stopping.is_set():
                return
            supervised.in_a_row = 0 if time.monotonic() - born >= STABLE_AFTER else supervised.in_a_row + 1
            self.recovering.add(managed.name)
            pause = min(FIRST_PAUSE * 2 ** max(0, supervised.in_a_row - 1), LONGEST_PAUSE)
            self._say(
                f"{managed.name} 已退出（{ending}），{pause:g} 秒后重启；日志 {self.log(managed.name)}",
                f"{managed.name} died ({ending}), restart in {pause:g} s",
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await supervised.stopping.wait()

    async def _run_once(self, supervised: _Supervised) -> str:
        """Start it and wait for its end; how it ended."""
        managed = supervised.managed
        try:
            await asyncio.to_thread(managed.before)
            if supervised.stopping.is_set():
                return "stopped"
            with self.log(managed.name).open("ab") as out:
                supervised.process = await asyncio.create_subprocess_exec(
                    *managed.command.argv, stdout=out, stderr=out, **managed.command.options()
                )
        except Exception as error:  # the program is gone, the machine is out of something: it may come back
            return repr(error)
        self._changed()
        if supervised.stopping.is_set():  # asked to stop while it was being started
            supervised.process.send_signal(managed.stop[0][0])
        code = await supervised.process.wait()
        supervised.process = None
        self._changed()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    async def _stop(self, supervised: _Supervised) -> None:
        supervised.stopping.set()
        task = supervised.task
        if task is None:
            return
        for sign, seconds in supervised.managed.stop:
            if supervised.process is not None:
                with suppress(ProcessLookupError):
                    if sign is signal.SIGKILL:
                        os.killpg(supervised.process.pid, sign)  # and what it may have started
                    else:
                        supervised.process.send_signal(sign)
            done, _ = await asyncio.wait([task], timeout=seconds)
            if done:
                return
        task.cancel()


def _rotate(log: Path) -> None:
    for n in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{n}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{n + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)
