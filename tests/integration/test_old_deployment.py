"""A deployment that an earlier release left opens under this one; what a later one brings is applied to its history, once."""

import asyncio
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from gongkai.cli.commands.history import app as history_commands
from gongkai.console import app as console
from gongkai.contracts.envelope import read_record
from gongkai.contracts.events import REGISTRY
from gongkai.demo.check import check
from gongkai.operate.backup.manifest import Manifest
from gongkai.operate.backup.recount import recount
from gongkai.operate.backup.restore import RestoreOptions, restore
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.doctor import local
from gongkai.operate.logs.catch_up import list_histories
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.status import read
from gongkai.operate.services import installed_logs
from tests.integration import later_release

FIXTURE = Path(__file__).parents[1] / "fixtures" / "deployment-before-guards.tar.xz"
RELEASE = Path(later_release.__file__)
KILLS = ("catch-up.applied:2", "catch-up.committed:2")
PATIENCE = 180.0  # seconds
NEW = (f"review.{later_release.FILING}", f"review.{later_release.REMINDER}")


@pytest.fixture
def later_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process, too, is of the later release."""
    known = dict(REGISTRY)
    later_release.register_events()
    monkeypatch.setattr(console, "PROJECTIONS", later_release.projections())
    yield
    REGISTRY.clear()
    REGISTRY.update(known)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    with tarfile.open(FIXTURE) as packed:
        packed.extractall(tmp_path / "backup", filter="data")
    return tmp_path / "backup"


@pytest.fixture
def deployment(run_folder: Path, backup: Path, tmp_path: Path) -> Iterator[Deployment]:
    """The old folder, running under the later release, whose review is killed at KILLS while it catches up."""
    data, kills, output = run_folder / "old-deployment", tmp_path / "kills", tmp_path / "up.output"
    restore(RestoreOptions(backup, data))
    kills.write_text("".join(f"{point}\n" for point in KILLS))
    command = [sys.executable, str(RELEASE), "up", str(data), str(kills)]
    environment = os.environ | {"PYTHONPATH": str(RELEASE.parents[2])}
    with output.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
    end = time.monotonic() + PATIENCE
    while not ((status := read(data / "run" / "up.json")) and status.ready):
        assert process.poll() is None, output.read_text()
        assert time.monotonic() < end, output.read_text()
        time.sleep(0.1)
    yield Deployment.running(data)
    assert kills.read_text() == "", "review wasn't killed as often as it should have been"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, output.read_text()


def records(deployment: Deployment, log: str) -> list[Any]:
    with closing(psycopg.connect(deployment.cluster.dsn(MONITOR))) as conn:
        rows = conn.execute(f"SELECT record FROM {log}.log_entry ORDER BY position".encode()).fetchall()
    return [read_record(raw) for (raw,) in rows]


def effects(deployment: Deployment) -> tuple[Counter[str], Counter[str]]:
    """By place of the draft, how often it was filed; by stream of the review, how often it was reminded of."""
    found = records(deployment, "review")
    filed = Counter(str(each.cause) for each in found if each.name == later_release.DraftFiled.NAME)
    reminded = Counter(each.subject for each in found if each.name == later_release.ReviewReminded.NAME)
    return filed, reminded


def run(*words: str) -> str:
    """`gongkai …`, until it succeeds: a service that is killed may be away for some seconds."""
    done = CliRunner().invoke(history_commands, list(words))
    assert done.exit_code == 0, done.output
    return str(done.output)


@pytest.mark.usefixtures("later_events")
@pytest.mark.timeout(600)  # a restore, a start of everything, and a restart after each kill
def test_it_opens_and_what_came_later_catches_up_once(deployment: Deployment, backup: Path) -> None:
    data = str(deployment.data)
    drafts = [each for each in records(deployment, "intake") if each.name == "DocumentDrafted"]
    reviews = {e.subject for e in records(deployment, "review") if e.name == "SecrecyReviewRequested"}
    assert (len(drafts), len(reviews)) == (41, 40)

    # The view that counts otherwise was rebuilt before its service was ready; nobody had to think of it.
    assert stored_version(deployment, "console.document") == 2

    # It acts on nothing of the history by itself, and isn't forgotten.
    assert effects(deployment) == (Counter(), Counter())
    listed = run("catch-up", "--data", data)
    assert listed.count("not caught up") == len(NEW)
    unwell = {each.where: each for each in asyncio.run(local.examine(deployment.data))}
    assert set(unwell) == set(NEW)
    assert all(f"gongkai catch-up {name}" in unwell[name].en for name in NEW)

    for _ in range(2):  # once more: nothing changes
        for name in NEW:
            assert "complete" in run("catch-up", name, "--data", data)
        wait_until_issued(deployment)
        filed, reminded = effects(deployment)
        assert sorted(filed.values()) == [1] * len(drafts)
        assert set(reminded.values()) == {1}
        # Those that aren't due yet wait, as if the kind had always been there.
        assert (set(reminded) | waiting(deployment), len(reminded)) == (reviews, 37)

    assert all(each.complete for each in asyncio.run(list_histories(deployment.cluster)))
    found = asyncio.run(check(deployment, {}))
    assert found.wrong == []
    assert asyncio.run(local.examine(deployment.data)) == []
    assert_history_untouched(deployment, backup)


def stored_version(deployment: Deployment, view: str) -> int:
    with closing(psycopg.connect(deployment.cluster.dsn(MONITOR))) as conn:
        row = conn.execute(
            "SELECT version FROM console.projection_version WHERE projection = %s", (view,)
        ).fetchone()
    return int(row[0]) if row else 0


def waiting(deployment: Deployment) -> set[str]:
    with closing(psycopg.connect(deployment.cluster.dsn(MONITOR))) as conn:
        query = "SELECT stream FROM review.timer WHERE kind = %s AND NOT fired"
        return {stream for (stream,) in conn.execute(query, (later_release.REMINDER,))}


def wait_until_issued(deployment: Deployment) -> None:
    end = time.monotonic() + PATIENCE
    with closing(psycopg.connect(deployment.cluster.dsn(MONITOR), autocommit=True)) as conn:
        query = "SELECT count(*) FROM review.timer WHERE NOT fired AND due_at <= (SELECT moment FROM ledger.clock)"
        while (conn.execute(query).fetchone() or (0,))[0]:
            assert time.monotonic() < end
            time.sleep(0.1)


def assert_history_untouched(deployment: Deployment, backup: Path) -> None:
    """Each log still begins with the very records that the old release had, byte for byte."""
    with closing(psycopg.connect(deployment.cluster.dsn(MONITOR))) as conn:
        for kept in Manifest.read(backup / "records").logs:
            counted = recount(conn, installed_logs()[kept.log], [kept.size])
            assert counted.roots[kept.size].hex() == kept.root
