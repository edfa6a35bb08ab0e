"""Adding a service is adding a folder: a distribution that declares one is migrated, started, listed and monitored."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

PATIENCE = 120.0  # seconds

DECLARATION = """
from pathlib import Path

from gongkai.runtime.declaration import Service
from gongkai.runtime.rights import Rule
from gongkai.runtime.rights.grants import Anyone

SERVICE = Service(
    name="toy", zh="示例", en="Toy", package="gongkai.toy", folder=Path(__file__).parent, port=8085,
    rules={"look-at-toy": Rule("toy", "查看示例", "look at the toy", "SC-1.1", (Anyone(),))},
    owns_log=True, follows=("toy", "intake"), register=("intake",), database_roles=("log_reader",),
    deadlines=("toy-due",),
)
"""
APP = """
from fastapi import APIRouter

from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.build import build
from gongkai.runtime.service import DecidingDependencies
from gongkai.toy.service import SERVICE

router = APIRouter()


@router.get("/toys")
@acts("look-at-toy")
async def toys(deps: DependenciesOf) -> dict[str, int]:
    return {"toys": await deps.pool.fetchval("SELECT count(*) FROM toy")}


def create(settings):
    return build(SERVICE, settings, DecidingDependencies.open, routers=[router])
"""
MAIN = """
from gongkai.runtime.serve import serve
from gongkai.toy.service import SERVICE

serve(SERVICE)
"""
MIGRATION = "CREATE TABLE toy (name text PRIMARY KEY);\nGRANT SELECT ON toy TO toy_writer;\n"


@dataclass(frozen=True)
class Deployment:
    """`gongkai up` with one service more; `gongkai(…)` is another command beside it."""

    data: Path
    environment: dict[str, str]

    @property
    def status(self) -> dict[str, Any]:
        file = self.data / "run" / "up.json"
        return dict(json.loads(file.read_text())) if file.exists() else {"ready": False}

    def gongkai(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gongkai.cli.main", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def url(self, path: str) -> str:
        return f"{self.status['urls']['toy']}{path}"


@pytest.fixture(scope="module")
def deployment(run_folder: Path) -> Iterator[Deployment]:
    there = run_folder / "added"
    package, known = there / "gongkai" / "toy", there / "gongkai_toy-0.1.dist-info"
    for folder in (package / "migrations", known):
        folder.mkdir(parents=True)
    for name, text in (
        ("__init__.py", ""),
        ("service.py", DECLARATION),
        ("app.py", APP),
        ("__main__.py", MAIN),
        ("migrations/0001.toy.sql", MIGRATION),
    ):
        (package / name).write_text(text)
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: gongkai-toy\nVersion: 0.1\n")
    (known / "entry_points.txt").write_text("[gongkai.services]\ntoy = gongkai.toy.service:SERVICE\n")
    data = run_folder / "added-data"
    made = Deployment(data, os.environ | {"PYTHONPATH": str(there)})
    with (run_folder / "added.output").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gongkai.cli.main", "up", "--data", str(data), "--port", "0"],
            env=made.environment,
            stdout=out,
            stderr=out,
        )
    end = time.monotonic() + PATIENCE
    while not made.status["ready"]:
        assert process.poll() is None, (run_folder / "added.output").read_text()
        assert time.monotonic() < end, (run_folder / "added.output").read_text()
        time.sleep(0.1)
    yield made
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_it_is_migrated_and_started(deployment: Deployment) -> None:
    assert httpx.get(deployment.url("/toys"), trust_env=False).json() == {"toys": 0}


def test_its_log_is_there_and_signed(deployment: Deployment) -> None:
    passwords = json.loads((deployment.data / "secrets" / "passwords.json").read_text())
    dsn = f"postgresql://gongkai_monitor@127.0.0.1:{deployment.status['ports']['postgres']}/gongkai"
    with psycopg.connect(dsn, password=passwords["gongkai_monitor"]) as conn:
        rows = conn.execute("SELECT log FROM toy.log_key").fetchall()
    assert rows == [("toy",)]


def test_it_is_listed(deployment: Deployment) -> None:
    listed = deployment.gongkai("services").stdout
    assert "toy  示例" in listed
    assert "toy-due" in listed


def test_it_is_monitored(deployment: Deployment) -> None:
    well = deployment.gongkai("doctor", "--data", str(deployment.data))
    assert well.returncode == 0, well.stdout
    process = psutil.Process(deployment.status["processes"]["toy"]["pid"])
    process.suspend()
    try:
        found = deployment.gongkai("doctor", "--data", str(deployment.data))
    finally:
        process.resume()
    assert found.returncode == 1
    assert "toy" in found.stdout


def test_without_it_nobody_knows_it(deployment: Deployment) -> None:
    command = [sys.executable, "-m", "gongkai.cli.main", "services"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "toy" not in listed
    assert "intake" in listed
