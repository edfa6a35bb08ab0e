"""DATA/run/up.json: what runs, where, under which process ids; and terminating what a killed run left."""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from gongkai.contracts.errors import UserError
from gongkai.operate.processes import termination


class AlreadyUp(UserError):
    def __init__(self, data: Path) -> None:
        super().__init__(f"{data} 已有一个 gongkai up 在运行 / a gongkai up is already running there")


@dataclass(slots=True)
class Status:
    """Addresses and processes of a running deployment. No secrets in it."""

    pid: int
    host: str
    ports: Mapping[str, int]
    urls: Mapping[str, str]
    kafka: str
    ready: bool = False
    processes: dict[str, dict[str, Any]] = field(default_factory=dict)  # in the order of their start

    def write(self, file: Path) -> None:
        half = file.with_suffix(".new")
        half.write_text(json.dumps(asdict(self), indent=1) + "\n")
        half.replace(file)


def read(file: Path) -> Status | None:
    """What the last run wrote; None where none runs and none was killed."""
    return Status(**json.loads(file.read_text())) if file.exists() else None


def fingerprint(pid: int, argv: Sequence[str], stop: signal.Signals) -> dict[str, Any]:
    """What identifies a process later: an id alone may be reused.

    `argv` as it was started: a process that was just forked may not show its own yet.
    """
    born = 0.0  # gone already
    with contextlib.suppress(psutil.Error):
        born = psutil.Process(pid).create_time()
    return {"pid": pid, "born": born, "argv": list(argv), "stop": int(stop)}


@contextlib.contextmanager
def locked(data: Path, lock: Path) -> Iterator[None]:
    """One `up` a data folder. The lock is released when the process that holds it ends, however it ends."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyUp(data) from None
        yield
    finally:
        os.close(handle)


def end_orphans(file: Path) -> list[str]:
    """Terminate what a killed `up` has left running, and return the names. Other processes are not touched.

    In the order of a normal stop: all services, then the broker, then PostgreSQL.
    """
    left = read(file)
    if left is None:
        return []
    orphans = {name: process for name, record in left.processes.items() if (process := _find(record))}
    parts = [{name} for name in ("broker", "postgres")]
    for group in (set(orphans).difference(*parts), *parts):
        termination.terminate(
            (orphans[name], left.processes[name]["stop"]) for name in group if name in orphans
        )
    file.unlink()
    return list(orphans)


def is_running(record: Mapping[str, Any]) -> bool:
    """Whether the process that was recorded still runs, and isn't a zombie."""
    process = _find(record)
    return process is not None and termination.is_alive(process)


def _find(record: Mapping[str, Any]) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(record["pid"])
        # The creation time is computed from the wall clock, which may have been set since.
        if abs(process.create_time() - record["born"]) < 5 and process.cmdline() == record["argv"]:
            return process
    return None
