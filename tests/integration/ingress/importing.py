"""`gongkai import` against a deployment that runs: how many, how much memory, and what a kill leaves."""

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from tests.integration.ingress.running import Running, write_drafts

MOST = 300 * 1024 * 1024  # bytes of memory of any process


def watched(running: Running, process: "subprocess.Popen[bytes]") -> dict[str, int]:
    """Until it ends; by process, the most memory that it had of its own."""
    most: dict[str, int] = {}
    while process.poll() is None:
        for each in (psutil.Process(process.pid), *running.processes()):
            try:
                name = f"{each.pid} {' '.join(each.cmdline()[-2:])[:40]}"
                memory = each.memory_full_info()
            except psutil.Error:
                continue
            most[name] = max(most.get(name, 0), memory.uss)
        time.sleep(0.5)
    return most


def results(file: Path) -> list[dict[str, Any]]:
    """A result a line of the file; the head says for what they are."""
    head, *told = (json.loads(line) for line in Path(f"{file}.results.jsonl").read_text().splitlines())
    assert set(head) == {"import"}
    return told


def said(file: Path) -> str:
    """What the import printed."""
    return file.with_suffix(".output").read_text()[-3000:]


def import_twice(deployment: Running, folder: Path, count: int) -> tuple[float, float]:
    """All accepted, in bounded memory; again all duplicates of the same places. Seconds that each took."""
    file = folder / "drafts.jsonl"
    write_drafts(file, count)
    before, began = deployment.size(), time.monotonic()
    process = deployment.start(file, "--type", "drafted")
    memory = watched(deployment, process)
    first = time.monotonic() - began
    for name, most in sorted(memory.items(), key=lambda each: -each[1])[:12]:
        print(f"  {most >> 20:5} MiB {name}")
    assert process.returncode == 0, said(file)
    assert deployment.size() == before + count
    assert max(memory.values()) < MOST
    told = results(file)
    assert [each["line"] for each in told] == list(range(1, count + 1))
    assert {each["state"] for each in told} == {"accepted"}

    began = time.monotonic()
    process = deployment.start(file, "--type", "drafted")
    assert process.wait() == 0, said(file)
    second = time.monotonic() - began
    assert deployment.size() == before + count
    again = results(file)
    assert [(r["id"], r["place"]) for r in again] == [(r["id"], r["place"]) for r in told]
    assert {each["state"] for each in again} == {"duplicate"}
    return first, second


def killed_half_way(deployment: Running, folder: Path, count: int) -> None:
    """Killed twice on its way, and run again: as if nothing had happened."""
    file = folder / "killed.jsonl"
    write_drafts(file, count)
    before = deployment.size()
    for share in (0.2, 0.6):
        process = deployment.start(file, "--type", "drafted")
        while deployment.size() < before + count * share and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = deployment.start(file, "--type", "drafted")
    assert process.wait() == 0, said(file)
    assert deployment.size() == before + count
    told = results(file)
    assert [each["line"] for each in told] == list(range(1, count + 1))
    assert {each["state"] for each in told} <= {"accepted", "duplicate"}
    assert len({each["made"] for each in told}) == count
