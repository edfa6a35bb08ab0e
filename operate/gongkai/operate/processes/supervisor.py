"""Keeps processes alive: starts them, notices when one dies, starts it again, ends them in the order told.

Written here after a look at circus and supervisor. Both lack what we need most: a pause that grows while a
process keeps dying, is bounded, and never turns into giving up (circus has a plugin that stops such a
process; supervisor restarts without a pause, or ends in FATAL); a start that waits until another part is of
use; PostgreSQL's own ways of ending and of being left behind. Circus also polls, and opens a control port
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
STEADY: Final = 5.0  # who lived so long did not die "in a row"
HOPELESS: Final = 5  # deaths in a row, before the first "ready", after which a start has failed
LOG_SIZE: Final = 10_000_000
LOGS_KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One process to keep alive. `stop`: signals in order of severity, each with the seconds it gets."""

    name: str
    command: Command
    stop: tuple[tuple[signal.Signals, float], ...]
    before: Callable[[], object] = lambda: None  # runs before every start, in a thread


@dataclass(slots=True)
class _Watched:
    part: Part
    task: asyncio.Task[None] | None = None
    process: asyncio.subprocess.Process | None = None
    in_a_row: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class Hopeless(UserError):
    """A part died again and again before it was ever of use."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} 一再退出 / keeps dying; 日志 log: {log}")
        self.log = log


class Supervisor:
    """`say(zh, en)` is told of every death; `changed()` whenever a process id changes."""

    def __init__(self, logs: Path, say: Callable[[str, str], None], changed: Callable[[], None]) -> None:
        self._logs = logs
        self._say = say
        self._changed = changed
        self._watched: dict[str, _Watched] = {}
        self.recovering: set[str] = set()  # died since, and nobody has said that they are of use again

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def alive(self) -> dict[str, int]:
        """Names and process ids, in the order of their start."""
        return {name: each.process.pid for name, each in self._watched.items() if each.process is not None}

    def start(self, part: Part) -> None:
        """From now on, keep it alive."""
        watched = self._watched[part.name] = _Watched(part)
        watched.task = asyncio.create_task(self._keep_alive(watched), name=part.name)

    async def until(self, check: Callable[[], Awaitable[bool]], every: float = 0.05) -> None:
        """Wait until the check holds. Raises Hopeless when a part keeps dying meanwhile."""
        while not await check():
            for watched in self._watched.values():
                if watched.in_a_row >= HOPELESS:
                    raise Hopeless(watched.part.name, self.log(watched.part.name))
                if watched.task is not None and watched.task.done():
                    watched.task.result()  # a mistake of ours: let it be seen
            await asyncio.sleep(every)

    async def stop(self, names: Iterable[str]) -> None:
        """End them together; returns when the last one has ended."""
        await asyncio.gather(*(self._stop(self._watched[name]) for name in names if name in self._watched))

    async def rotate_logs(self, every: float = 10) -> None:
        """For ever. Copy, then cut: a child keeps its file open, and goes on even if nobody watches it."""
        while True:
            await asyncio.sleep(every)
            for name in self._watched:
                with suppress(OSError):
                    if self.log(name).stat().st_size > LOG_SIZE:
                        await asyncio.to_thread(_rotate, self.log(name))

    async def _keep_alive(self, watched: _Watched) -> None:
        part = watched.part
        while not watched.stopping.is_set():
            born = time.monotonic()
            ending = await self._one_life(watched)
            if watched.stopping.is_set():
                return
            watched.in_a_row = 0 if time.monotonic() - born >= STEADY else watched.in_a_row + 1
            self.recovering.add(part.name)
            pause = min(FIRST_PAUSE * 2 ** max(0, watched.in_a_row - 1), LONGEST_PAUSE)
            self._say(
                f"{part.name} 已退出（{ending}），{pause:g} 秒后重启；日志 {self.log(part.name)}",
                f"{part.name} died ({ending}), restart in {pause:g} s",
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await watched.stopping.wait()

    async def _one_life(self, watched: _Watched) -> str:
        """Start it and wait for its end; how it ended."""
        part = watched.part
        try:
            await asyncio.to_thread(part.before)
            if watched.stopping.is_set():
                return "stopped"
            with self.log(part.name).open("ab") as out:
                watched.process = await asyncio.create_subprocess_exec(
                    *part.command.argv, stdout=out, stderr=out, **part.command.options()
                )
        except Exception as error:  # the program is gone, the machine is out of something: it may come back
            return repr(error)
        self._changed()
        if watched.stopping.is_set():  # asked to end while it was being born
            watched.process.send_signal(part.stop[0][0])
        code = await watched.process.wait()
        watched.process = None
        self._changed()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    async def _stop(self, watched: _Watched) -> None:
        watched.stopping.set()
        task = watched.task
        if task is None:
            return
        for sign, seconds in watched.part.stop:
            if watched.process is not None:
                with suppress(ProcessLookupError):
                    if sign is signal.SIGKILL:
                        os.killpg(watched.process.pid, sign)  # and what it may have started
                    else:
                        watched.process.send_signal(sign)
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
