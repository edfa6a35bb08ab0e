"""The benches themselves, tiny: that they run, verify what they wrote, and say it in the promised shape. Never how fast."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from gongkai.bench import restart
from gongkai.bench.environment import Ground, prepare
from gongkai.operate.databases.cluster import Cluster

EVENTS, REPEATS = 320, 2
PEERS = {
    "append": {"eventsourcing", "eventsourcing-unordered", "insert"},
    "append-bulk": {"copy"},
    "relay": {"aiokafka", "packed"},
    "project": {"per-event"},
    "rebuild": {"scan"},
    "verify": {"sha256"},
    "latency": set(),
}


class Silent:
    def say(self, what: str) -> None: ...
    def expect(self, steps: int) -> None: ...
    def done(self) -> None: ...


@pytest.fixture
def ground(fresh_database: Cluster, run_folder: Path) -> Iterator[Ground]:
    name = f"peers_{secrets.token_hex(4)}"
    folder = run_folder / name
    folder.mkdir()
    yield Ground(folder, fresh_database, prepare(fresh_database, name), name)
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("name", PEERS)
async def test_every_bench_gives_median_and_worst_against_its_peers(
    ground: Ground, broker: str, name: str
) -> None:
    module: Any = import_module(f"gongkai.bench.{name.replace('-', '_')}")
    more = {"kafka": broker} if getattr(module, "TRAVELS", False) else {}
    result = await module.run(ground, Silent(), events=EVENTS, repeats=REPEATS, **more)
    told = json.loads(json.dumps(result.as_json()))
    assert told["bench"] == name
    assert told["repeats"] == REPEATS
    assert set(told["ratios"]) == PEERS[name]
    for ratio in told["ratios"].values():
        assert 0 < ratio["worst"] <= ratio["median"]
    for figure in told["figures"].values():
        assert len(figure["each"]) == REPEATS
        assert min(figure["each"]) > 0
    assert set(told["goals"]) <= set(told["ratios"]) | set(told["figures"])
    assert told["checked"]


async def test_a_restart_is_measured_from_nothing_running_to_ready() -> None:
    with restart.ground() as ground:
        result = await restart.run(ground, Silent(), events=EVENTS, repeats=1)
    told = result.as_json()
    assert told["ratios"] == {}
    assert 0 < told["figures"]["ready"]["median"] <= told["figures"]["shown"]["median"]


def test_the_command_prints_json_and_nothing_else_and_leaves_nothing_running() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli.main", "bench", "append", "--json", "--events=64", "--repeats=1"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["setting"]["fsync"] == "on"
    assert told["checked"]["rows"] == told["checked"]["commands"] == 128
    assert "append" in done.stderr
