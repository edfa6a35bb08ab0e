"""Taking a backup while everything runs: one snapshot of all logs, texts and checkpoints; then the keys, apart.

The keys come second: whatever was sealed in the snapshot has its key in them, or was erased meanwhile.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from gongkai.contracts.version import VERSION
from gongkai.ledger.read import LogId
from gongkai.operate.backup import programs
from gongkai.operate.backup.manifest import FILE, Kept, Manifest, Unfit, measured
from gongkai.operate.backup.recount import recount
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.services import installed_logs

RECORDS: Final = "records"
KEYS: Final = "keys"
_STAYS: Final = (
    "passwords.json",
    "postgres.dsn",
    "witness.vkey",
)  # of this installation: the next makes its own


def take(cluster: Cluster, secrets: Path, into: Path) -> tuple[Manifest, Manifest]:
    """Write `into`/records and `into`/keys, each whole in itself. Raises Unfit."""
    for part in (RECORDS, KEYS):
        if (into / part / FILE).exists():
            raise Unfit(f"{into} 中已有备份", f"there is a backup in {into} already")
    records = _records(cluster, _fresh(into / RECORDS))
    keys = _keys(cluster, secrets, _fresh(into / KEYS))
    return records, keys


def _fresh(folder: Path) -> Path:
    """Empty: what an interrupted backup left is none."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def _records(cluster: Cluster, folder: Path) -> Manifest:
    with _snapshot(cluster.admin(cluster.database)) as (conn, snapshot):
        programs.dump(cluster.admin(cluster.database), folder / "gongkai.dump", snapshot)
        logs = tuple(_kept(conn, log) for log in installed_logs().values())
    return _written(folder, logs)


def _keys(cluster: Cluster, secrets: Path, folder: Path) -> Manifest:
    programs.dump(cluster.admin(cluster.keys_database), folder / "keys.dump")
    for file in sorted(secrets.rglob("*")):
        if file.is_file() and file.name not in _STAYS and not file.name.startswith("."):
            copy = folder / "secrets" / file.relative_to(secrets)
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy.touch(mode=0o600)
            copy.write_bytes(file.read_bytes())
    return _written(folder)


def _written(folder: Path, logs: tuple[Kept, ...] = ()) -> Manifest:
    manifest = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), VERSION, measured(folder), logs)
    manifest.write(folder)
    return manifest


@contextmanager
def _snapshot(dsn: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A moment of the database that stands still for us while it goes on for everybody else."""
    with psycopg.connect(dsn) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield conn, row[0]


def _kept(conn: psycopg.Connection[Any], log: LogId) -> Kept:
    counted = recount(conn, log)
    newest = conn.execute(
        f"SELECT note FROM {log.schema}.log_checkpoint WHERE log = %s"
        " ORDER BY size DESC, signed_at DESC LIMIT 1".encode(),
        (log.name,),
    ).fetchone()
    return Kept(log.name, log.schema, counted.size, counted.root.hex(), newest[0] if newest else None)
