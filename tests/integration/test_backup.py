"""Backup and restore: taken while events come in, restored into nothing, looked at record by record."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from gongkai.cli.commands.backup import app
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.tlog_checkpoint import Checkpoint
from gongkai.operate.backup.manifest import BackupError, Manifest
from gongkai.operate.backup.recount import recount
from gongkai.operate.backup.restore import EntriesLost, RestoreOptions, restore
from gongkai.operate.backup.take import take
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.doctor import local
from gongkai.operate.embedded import Postgres, free_port
from gongkai.operate.embedded.postgres import FAST_SHUTDOWN
from gongkai.operate.processes.credentials import ADMIN, Credentials
from gongkai.operate.services import installed_logs
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
INTAKE = installed_logs()["intake"]
APPLICATION = {
    "unit": "water",
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "2024年决算"},
}


@pytest.fixture
def secrets(run_folder: Path) -> Iterator[Path]:
    """A deployment's secrets, and room beside them for what is restored."""
    folder = run_folder / "backup"
    folder.mkdir(mode=0o711)
    Credentials(folder / "secrets").make()
    yield folder / "secrets"
    shutil.rmtree(folder)


@pytest.fixture
async def town(
    fresh_database: Cluster, broker: str, tmp_path: Path, secrets: Path
) -> AsyncIterator[Services]:
    async with running_services(fresh_database, broker, tmp_path, MONDAY, services=["intake"]) as made:
        for log in installed_logs().values():  # what it signs with is the deployment's
            key = Credentials(secrets).log_keys(log.schema) / f"{log.name}.key"
            key.write_text((tmp_path / key.name).read_text())
        assert (await made.say("intake", "/units", "registrar", unit("water"))).status_code == 201
        yield made


async def apply(town: Services) -> str:
    answer = await town.say("intake", "/applications", "public", APPLICATION)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def signed(cluster: Cluster, secrets: Path, size: int | None = None) -> str:
    """The intake log's checkpoint as its key signs it."""
    keys = KeyFile(Credentials(secrets).log_keys("intake") / "intake.key")
    with psycopg.connect(cluster.admin(cluster.database)) as conn:
        counted = recount(conn, INTAKE, [] if size is None else [size])
        at = counted.size if size is None else size
        return str(Checkpoint(keys.origin, at, counted.roots[at]).sign(keys.signers()))


@contextmanager
def verified_checkpoint(data: Path) -> Iterator[Cluster]:
    """The restored deployment's PostgreSQL."""
    passwords = Credentials(data / "secrets").passwords()
    server = Postgres(data, port=free_port(), password=passwords[ADMIN])
    server.prepare()
    process = server.command.start(data / "logs" / "postgres.log")
    try:
        server.wait_ready(process)
        yield Cluster(server.admin_dsn, passwords)
    finally:
        process.send_signal(FAST_SHUTDOWN)
        process.wait()


def entries(cluster: Cluster) -> list[Any]:
    with psycopg.connect(cluster.admin(cluster.database)) as conn:
        return conn.execute(
            "SELECT position, stream, event_id, committed_at, record, leaf FROM intake.log_entry ORDER BY position"
        ).fetchall()


async def test_what_is_restored_is_what_was_there_and_works_on(
    town: Services, secrets: Path, broker: str, tmp_path: Path
) -> None:
    application = await apply(town)
    first = signed(town.cluster, secrets)
    kept, data = tmp_path / "kept", secrets.parent / "restored"
    going_on = asyncio.create_task(asyncio.to_thread(take, town.cluster, secrets, kept / "b"))
    while not going_on.done():  # it stops nobody
        await apply(town)
    records, keys = going_on.result()
    await apply(town)
    (intake,) = [log for log in records.logs if log.log == "intake"]
    there = entries(town.cluster)
    assert 2 <= intake.size < len(there)
    written = [
        kept / "b" / "records",
        kept / "b" / "keys",
        *(f for f in (kept / "b").rglob("*") if f.is_file()),
    ]
    assert [path for path in written if path.stat().st_mode & 0o077] == []
    assert set(keys.files) >= {"keys.dump", "secrets/origin", "secrets/logs/intake/intake.key"}
    assert not any("passwords" in name for name in keys.files)

    moved = tmp_path / "elsewhere"
    (kept / "b" / "keys").rename(moved)
    witness = tmp_path / "witness"
    witness.write_text(first)
    wanted = RestoreOptions(kept / "b", data, keys=moved, witnesses=(str(witness),))
    restored = await asyncio.to_thread(restore, wanted)
    assert restored.sizes["intake"] == intake.size
    assert restored.lost == ()
    assert list(local.secrets(data)) == []
    assert (data / "secrets" / "origin").read_text() == (secrets / "origin").read_text()

    with verified_checkpoint(data) as cluster:
        assert entries(cluster) == there[: intake.size]
        folder = tmp_path / "again"
        folder.mkdir()
        async with running_services(cluster, broker, folder, services=["intake"]) as again:
            file = (await again.ask("intake", f"/applications/{application}", "water-officer")).json()
            assert file["applicant"]["name"] == "示例申请人"
            await apply(again)
            assert len(entries(cluster)) == intake.size + 1
        with (
            psycopg.connect(cluster.admin(cluster.database)) as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            conn.execute("DELETE FROM intake.log_entry")


async def test_what_was_lost_since_is_named_and_needs_a_decision(
    town: Services, secrets: Path, tmp_path: Path
) -> None:
    await apply(town)
    take(town.cluster, secrets, tmp_path / "b")
    for _ in range(3):
        await apply(town)
    witness = tmp_path / "witness"
    witness.write_text(signed(town.cluster, secrets))
    data = secrets.parent / "restored"
    wanted = RestoreOptions(tmp_path / "b", data, witnesses=(str(witness),))
    with pytest.raises(EntriesLost, match="3 entries, positions 2 to 4, are lost"):
        await asyncio.to_thread(restore, wanted)
    assert not data.exists()

    restored = await asyncio.to_thread(restore, replace(wanted, accept_loss=True))
    assert len(restored.lost) == 1
    assert (data / "secrets" / "origin").read_text() != (secrets / "origin").read_text()
    assert (data / "secrets" / "logs" / "intake" / "intake.key").exists()


async def test_a_backup_that_is_not_whole_or_not_as_it_was_is_refused(
    town: Services, secrets: Path, tmp_path: Path
) -> None:
    take(town.cluster, secrets, tmp_path / "b")
    data = secrets.parent / "restored"
    with pytest.raises(BackupError, match="there is a backup"):
        take(town.cluster, secrets, tmp_path / "b")
    dump = tmp_path / "b" / "records" / "gongkai.dump"
    raw = dump.read_bytes()
    dump.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(BackupError, match=r"gongkai\.dump is damaged"):
        restore(RestoreOptions(tmp_path / "b", data))
    dump.write_bytes(raw)
    manifest = Manifest.read(tmp_path / "b" / "records")
    (tmp_path / "b" / "records" / "manifest.json").unlink()
    with pytest.raises(BackupError, match="no whole backup"):
        restore(RestoreOptions(tmp_path / "b", data))
    manifest.write(tmp_path / "b" / "records")
    data.mkdir()
    (data / "something").touch()
    with pytest.raises(BackupError, match="nothing is ever restored over something"):
        restore(RestoreOptions(tmp_path / "b", data))
    assert (data / "something").exists()


async def test_a_log_that_was_tampered_with_makes_no_backup(
    town: Services, secrets: Path, tmp_path: Path
) -> None:
    await apply(town)
    with psycopg.connect(town.cluster.admin(town.cluster.database)) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            "UPDATE intake.log_entry SET record = overlay(record PLACING '\\x21' FROM 20) WHERE position = 1"
        )
    with pytest.raises(BackupError, match="position 1 of log intake"):
        take(town.cluster, secrets, tmp_path / "b")
    assert not (tmp_path / "b" / "records" / "manifest.json").exists()


async def test_into_a_postgresql_that_is_not_ours_and_out_of_it_again(
    town: Services, secrets: Path, own_postgres: str, tmp_path: Path
) -> None:
    application = await apply(town)
    first, _ = await asyncio.to_thread(take, town.cluster, secrets, tmp_path / "b")
    there, data = entries(town.cluster), secrets.parent / "outside"

    async def gongkai(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--postgres", own_postgres])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    assert "intake: 2 条" in await gongkai("restore", str(tmp_path / "b"), "--data", str(data))
    credentials = Credentials(data / "secrets")
    assert credentials.outside_postgres() == own_postgres  # the next `up` finds it by itself
    assert not (data / "postgres").exists()
    outside = Cluster(own_postgres, credentials.passwords())
    assert entries(outside) == there

    await gongkai("backup", str(tmp_path / "again"), "--data", str(data))
    again = Manifest.read(tmp_path / "again" / "records")
    assert [(log.log, log.size, log.root) for log in again.logs] == [
        (log.log, log.size, log.root) for log in first.logs
    ]
    with pytest.raises(BackupError, match="log intake has entries in that database already"):
        await gongkai("restore", str(tmp_path / "again"), "--data", str(secrets.parent / "over"))
    assert not (secrets.parent / "over").exists()
    assert entries(outside) == there

    third = secrets.parent / "third"
    await asyncio.to_thread(restore, RestoreOptions(tmp_path / "again", third))
    with verified_checkpoint(third) as cluster, psycopg.connect(cluster.admin(cluster.keys_database)) as conn:
        assert entries(cluster) == there
        assert conn.execute("SELECT count(*) FROM keys.person_key").fetchone() != (0,), application
