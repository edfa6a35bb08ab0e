"""`gongkai doctor`: everything is well, then one thing after the other is broken, and each is named in words."""

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from typer.testing import CliRunner

from gongkai.cli.commands.doctor import app
from gongkai.operate.doctor import database
from gongkai.operate.doctor.finding import Finding
from gongkai.operate.doctor.local import examine
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.termination import is_alive
from tests.integration.test_up import PATIENCE, Up

RUN = CliRunner()


@pytest.fixture(scope="module")
def running(run_folder: Path) -> Iterator[Up]:
    """Everything on one machine; the services are stand-ins."""
    up = Up(run_folder / "doctor", "0").ready()
    yield up
    if up.process.poll() is None:
        up.end()


@contextmanager
def broken(up: Up, *statements: str) -> Iterator[None]:
    """The database as it never should be; and mended again."""
    admin = Deployment.running(up.data).cluster.admin("gongkai")
    with psycopg.connect(admin) as conn:
        conn.execute("SET session_replication_role = replica")  # even past the triggers
        for statement in statements:
            conn.execute(statement)
    try:
        yield
    finally:
        with psycopg.connect(admin) as conn:
            conn.execute("SET session_replication_role = replica")
            for table in ("log_entry", "log_head", "log_relay", "log_checkpoint", "log_integrator", "timer"):
                conn.execute(f"DELETE FROM intake.{table}")
            conn.execute("DELETE FROM ledger.checkpoint")
            conn.execute("DELETE FROM console.projection_version WHERE projection = 'console.sign_off'")


async def problems(up: Up) -> dict[str, Finding]:
    found = await examine(up.data, between=0.05)
    assert all(each.zh and each.en for each in found)
    return {each.where: each for each in found}


ENTRY = (
    "INSERT INTO intake.log_entry (log, position, stream, version, partition, event_id, committed_at, record, leaf)"
    " VALUES ('intake', 0, 'unit-1', 1, 2, gen_random_uuid(), now(), '\\x00', '\\x00')"
)
HEAD = "INSERT INTO intake.log_head VALUES ('intake', 1, now())"
SIGNED = (
    "INSERT INTO intake.log_checkpoint (log, size, root, note, awaits)"
    " VALUES ('intake', 1, sha256('root'), 'note', false)"
)
SENT = "INSERT INTO intake.log_relay (log, sent, last, offsets) VALUES ('intake', 0, '{0}', '{1}')"


async def test_where_nothing_runs_it_says_so(tmp_path: Path) -> None:
    done = await asyncio.to_thread(RUN.invoke, app, ["doctor", "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "gongkai up" in done.output


async def test_all_is_well(running: Up) -> None:
    assert await examine(running.data, between=0.05) == []
    with broken(running, ENTRY, HEAD, SIGNED, SENT):
        assert await examine(running.data, between=0.05) == []


async def test_keys_that_others_can_read(running: Up) -> None:
    file = running.data / "secrets" / "passwords.json"
    file.chmod(0o640)
    found = await problems(running)
    file.chmod(0o600)
    assert list(found) == [str(file)]
    assert f"chmod go= {file}" in found[str(file)].en
    assert await problems(running) == {}


async def test_a_disk_that_is_nearly_full(running: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(total=100_000_000_000, free=1_900_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    found = await problems(running)
    assert "仅剩 1.9 GB（2%）" in found[str(running.data)].zh


async def test_a_stopped_partition_and_a_halted_relay_with_their_reasons(running: Up) -> None:
    stopped = (
        "INSERT INTO ledger.checkpoint VALUES"
        " ('console', 'intake', 2, 0, 'intake/2/1: ValueError(''no such unit'')', now())"
    )
    halted = (
        "INSERT INTO intake.log_relay (log, sent, last, offsets, halted)"
        " VALUES ('intake', 0, '{0}', '{1}', 'the log is older than the broker')"
    )
    folded = (
        "INSERT INTO console.projection_version VALUES ('console.sign_off', 1)"  # as its first start says
    )
    with broken(running, ENTRY, HEAD, SIGNED, folded, stopped, halted):
        found = await problems(running)
    assert set(found) == {"console intake/2", "intake relay"}
    assert "no such unit" in str(found["console intake/2"])
    assert "older than the broker" in str(found["intake relay"])


async def test_what_is_behind_and_does_not_move(running: Up) -> None:
    seen = "INSERT INTO ledger.checkpoint VALUES ('review', 'intake', 2, -1)"
    with broken(running, ENTRY, HEAD, seen):
        found = await examine(running.data, between=0.05)
    told = " ".join(map(str, found))
    assert len(found) == 3
    assert "转发落后 1 条" in told
    assert "review intake/2：落后 1 个位置" in told
    assert "no checkpoint covers its last 1 records" in told


async def test_a_log_that_is_signed_or_witnessed_no_more(running: Up) -> None:
    halted = (
        "INSERT INTO intake.log_integrator VALUES ('intake', 'position 0 is not what was signed', 'refused')"
    )
    with broken(running, ENTRY, HEAD, SENT, halted):
        found = await problems(running)
    assert set(found) == {"intake checkpoint", "intake witness"}
    assert "position 0" in found["intake checkpoint"].en


async def test_timers_past_their_moment(running: Up) -> None:
    late = (
        "INSERT INTO intake.timer VALUES ('application-overdue', 'application-1', now() - interval '1 hour')"
    )
    with broken(running, late):
        assert "1 个期限已到而未处理" in (await problems(running))["intake"].zh


async def test_a_clock_that_was_set_back(running: Up) -> None:
    ahead = "INSERT INTO intake.log_head VALUES ('intake', 1, now() + interval '2 hours')"
    with broken(running, ENTRY, ahead, SIGNED, SENT):
        assert "the clock was set back" in (await problems(running))["intake"].en


async def test_a_transaction_that_somebody_left_open(running: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "IDLE_IN_TRANSACTION", timedelta(seconds=0.3))
    admin = Deployment.running(running.data).cluster.admin("gongkai")
    with psycopg.connect(admin, application_name="somebody's psql") as conn:
        conn.execute("SELECT 1")
        await asyncio.sleep(0.4)
        found = await problems(running)
        assert set(found) == {"PostgreSQL gongkai"}
        assert f"(somebody's psql, process {conn.info.backend_pid}) left a transaction open" in str(found)
        conn.rollback()
    assert await problems(running) == {}


async def test_processes_that_hang_die_or_lost_their_supervisor(running: Up) -> None:
    parts = running.processes()
    review = parts["review"]
    review.send_signal(signal.SIGSTOP)
    found = await problems(running)
    assert set(found) == {"review"}
    assert "无应答" in found["review"].zh

    running.process.send_signal(signal.SIGSTOP)  # nobody starts it again
    review.kill()
    parts["broker"].kill()
    await _until(lambda: _named(running, {"review", "broker", "Kafka"}))
    running.process.kill()
    running.process.wait(PATIENCE)
    done = await asyncio.to_thread(RUN.invoke, app, ["doctor", "--data", str(running.data)])
    assert done.exit_code == 1
    assert "nobody looks after the rest" in done.output
    assert str(running.data / "logs" / "review.log") in done.output.replace("\n", "")

    parts["postgres"].send_signal(signal.SIGINT)
    await _until(lambda: _named(running, {"postgres", "PostgreSQL"}))
    for process in filter(is_alive, parts.values()):
        process.kill()


async def _named(up: Up, names: set[str]) -> bool:
    return names <= set(await problems(up))


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(20):
        if await true():
            return
    raise AssertionError("never named")
