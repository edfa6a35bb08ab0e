"""Terminates processes that are not children of this one (any more)."""

import time
from collections.abc import Iterable
from contextlib import suppress

import psutil


def terminate(processes: Iterable[tuple[psutil.Process, int]], seconds: float = 15) -> None:
    """Send each its signal; after `seconds`, kill those that are left, with their children."""
    signalled = []
    for process, sign in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(sign)
            signalled.append(process)
    _wait(signalled, seconds)
    for process in filter(is_alive, signalled):
        with suppress(psutil.NoSuchProcess):
            for each in (*process.children(recursive=True), process):
                each.kill()
    _wait(signalled, seconds)


def is_alive(process: psutil.Process) -> bool:
    """A zombie has ended: not every first process of a container reaps its children at once."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _wait(processes: list[psutil.Process], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(is_alive, processes)):
        time.sleep(0.02)
