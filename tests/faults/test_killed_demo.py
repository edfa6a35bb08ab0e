"""kill -9 of any service, the broker or PostgreSQL at random moments of a demo, with work in flight.

The demo goes on by itself, and its check still finds every event accounted for, once.
"""

import asyncio
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from gongkai.ledger.read import DISCONNECTED
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.processes import status
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed_logs

KILLS = int(os.environ.get("GONGKAI_KILLS", "20"))
SCALE = os.environ.get("GONGKAI_KILL_SCALE", "0.2")
EVENTS = int(9_000 * float(SCALE))  # about as many as the demo makes
SLOT = EVENTS / (KILLS + 3)  # a kill in each, at random; the rest is for what comes late
PATIENCE = 900  # seconds, for the whole demo


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gongkai-kills-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name) / "demo"


async def test_a_demo_survives_twenty_kills_with_work_in_flight(data: Path) -> None:
    seed = int(os.environ.get("GONGKAI_KILL_SEED", secrets.randbelow(1_000_000)))
    print(f"GONGKAI_KILL_SEED={seed}")
    command = [
        "-m",
        "gongkai.cli.main",
        "demo",
        "--check",
        "--scale",
        SCALE,
        "--data",
        str(data),
        "--port",
        "0",
    ]
    with (data.parent / "demo.log").open("wb") as log:
        demo = subprocess.Popen([sys.executable, *command], stdout=log, stderr=log)
    try:
        killed = await _kill_at_random(data, demo, random.Random(seed))
        while demo.poll() is None and killed.started + PATIENCE > time.monotonic():
            await asyncio.sleep(0.2)
    finally:
        if demo.poll() is None:
            demo.send_signal(signal.SIGTERM)
            demo.wait(60)
    story = (data.parent / "demo.log").read_text()
    assert demo.returncode == 0, story[-6000:]
    assert killed.many == KILLS, f"only {killed.many} of {KILLS} kills found work in flight\n{story[-3000:]}"


class _Killed:
    def __init__(self) -> None:
        self.many = 0
        self.started = time.monotonic()


async def _kill_at_random(data: Path, demo: "subprocess.Popen[bytes]", chance: random.Random) -> _Killed:
    killed = _Killed()
    monitor: asyncpg.Connection | None = None
    size, progress, wanted = -1, time.monotonic(), 30
    while killed.many < KILLS and demo.poll() is None:
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        now = status.read(data / "run" / "up.json")
        if now is None or not now.ready:
            continue
        try:
            if monitor is None or monitor.is_closed():
                monitor = await asyncpg.connect(Deployment.running(data).cluster.dsn(MONITOR))
            before, size = size, await _size(monitor)
        except (*DISCONNECTED, asyncpg.PostgresError):
            monitor = None
            continue
        if size == before or size < wanted:  # nothing moves yet, or it isn't time
            progress = time.monotonic() if size > before else progress
            assert time.monotonic() - progress < 120, "it never went on"
            continue
        progress, wanted = time.monotonic(), int(SLOT * (killed.many + 1 + chance.random()))
        name = chance.choice(sorted(now.processes))
        try:
            os.kill(now.processes[name]["pid"], signal.SIGKILL)
        except ProcessLookupError:
            continue
        killed.many += 1
        print(f"{killed.many:2d} {name:<11} at {size} events")
    if monitor is not None:
        monitor.terminate()
    return killed


async def _size(conn: asyncpg.Connection) -> int:
    each = " UNION ALL ".join(
        f"SELECT coalesce(sum(size), 0) AS n FROM {log.schema}.log_head" for log in installed_logs().values()
    )
    return int(await conn.fetchval(f"SELECT sum(n) FROM ({each}) AS sizes"))
