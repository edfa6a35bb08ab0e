"""The benches themselves, tiny: that they run, verify what they wrote, and report it in the documented shape. Never how fast."""

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

from gongkai.bench import before, restart
from gongkai.bench.environment import BenchEnvironment, prepare
from gongkai.contracts.errors import UserError
from gongkai.operate.databases.cluster import Cluster

ROOT = Path(__file__).parents[2]
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


class NoProgress:
    def describe(self, what: str) -> None: ...
    def expect(self, steps: int) -> None: ...
    def advance(self) -> None: ...


@pytest.fixture
def environment(fresh_database: Cluster, run_folder: Path) -> Iterator[BenchEnvironment]:
    name = f"peers_{secrets.token_hex(4)}"
    folder = run_folder / name
    folder.mkdir()
    yield BenchEnvironment(folder, fresh_database, prepare(fresh_database, name), name)
    with psycopg.connect(fresh_database.admin_dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("name", PEERS)
async def test_every_bench_gives_median_and_worst_against_its_peers(
    environment: BenchEnvironment, broker: str, name: str
) -> None:
    module: Any = import_module(f"gongkai.bench.{name.replace('-', '_')}")
    more = {"kafka": broker} if getattr(module, "NEEDS_BROKER", False) else {}
    result = await module.run(environment, NoProgress(), events=EVENTS, repeats=REPEATS, **more)
    report = json.loads(json.dumps(result.as_json()))
    assert report["bench"] == name
    assert report["repeats"] == REPEATS
    assert set(report["ratios"]) == PEERS[name]
    for ratio in report["ratios"].values():
        assert 0 < ratio["worst"] <= ratio["median"]
    for figure in report["figures"].values():
        assert len(figure["each"]) == REPEATS
        assert min(figure["each"]) > 0
    assert set(report["goals"]) <= set(report["ratios"]) | set(report["figures"])
    assert report["checked"]


async def test_a_restart_is_measured_from_nothing_running_to_ready() -> None:
    with restart.bench_environment() as environment:
        result = await restart.run(environment, NoProgress(), events=EVENTS, repeats=1)
    report = result.as_json()
    assert report["ratios"] == {}
    assert 0 < report["figures"]["ready"]["median"] <= report["figures"]["shown"]["median"]


def test_the_command_prints_json_and_nothing_else_and_leaves_nothing_running() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gongkai.cli.main", "bench", "append", "--json", "--events=64", "--repeats=1"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    report = json.loads(done.stdout)
    assert report["setting"]["fsync"] == "on"
    assert report["checked"]["rows"] == report["checked"]["commands"] == 128
    assert "append" in done.stderr


async def test_an_older_tree_is_measured_in_turn_with_this_one() -> None:
    report = (await before.run("append-bulk", ROOT, NoProgress(), events=EVENTS, repeats=1)).as_json()
    assert set(report["ratios"]) == {"before"}
    assert all(len(figure["each"]) == 1 for figure in report["figures"].values())


async def test_what_is_no_tree_of_this_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no tree of this project"):
        await before.run("append", tmp_path, NoProgress(), events=EVENTS, repeats=1)
