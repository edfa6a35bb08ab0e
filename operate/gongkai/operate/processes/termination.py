"""Ends processes that are not our children (any more)."""

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil


def end(processes: Iterable[tuple[psutil.Process, int]], seconds: float = 15) -> None:
    """Each gets its own signal; all together get `seconds`; who is left then, and its children, is killed."""
    asked = []
    for process, sign in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(sign)
            asked.append(process)
    _wait(asked, seconds)
    for process in filter(lives, asked):
        with suppress(psutil.NoSuchProcess):
            for each in (*process.children(recursive=True), process):
                each.kill()
    _wait(asked, seconds)


def lives(process: psutil.Process) -> bool:
    """A zombie has ended: not every first process of a container buries the dead at once."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _wait(processes: list[psutil.Process], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(lives, processes)):
        time.sleep(0.02)
