"""Takes a backup while everything runs: one snapshot of all logs, texts and checkpoints; then the keys, separately.

The keys come second: whatever is sealed in the snapshot has its key in them, or was erased meanwhile.
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
from gongkai.operate.backup.manifest import FILE, BackupError, LogState, Manifest, measured
from gongkai.operate.backup.recount import recount
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.services import installed_logs

RECORDS: Final = "records"
KEYS: Final = "keys"
_NOT_BACKED_UP: Final = (
    "passwords.json",
    "postgres.dsn",
    "witness.vkey",
)  # of this installation: a restored one makes its own


def take(cluster: Cluster, secrets: Path, into: Path) -> tuple[Manifest, Manifest]:
    """Write `into`/records and `into`/keys, each complete by itself. Raises BackupError."""
    for part in (RECORDS, KEYS):
        if (into / part / FILE).exists():
            raise BackupError(f"{into} 中已有备份", f"there is a backup in {into} already")
    records = _records(cluster, _empty_folder(into / RECORDS))
    keys = _keys(cluster, secrets, _empty_folder(into / KEYS))
    return records, keys


def _empty_folder(folder: Path) -> Path:
    """Empty, also of what an interrupted backup left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def _records(cluster: Cluster, folder: Path) -> Manifest:
    with _snapshot(cluster.admin(cluster.database)) as (conn, snapshot):
        programs.dump(cluster.admin(cluster.database), folder / "gongkai.dump", snapshot)
        logs = tuple(_state_of(conn, log) for log in installed_logs().values())
    return _manifest_of(folder, logs)


def _keys(cluster: Cluster, secrets: Path, folder: Path) -> Manifest:
    programs.dump(cluster.admin(cluster.keys_database), folder / "keys.dump")
    for file in sorted(secrets.rglob("*")):
        if file.is_file() and file.name not in _NOT_BACKED_UP and not file.name.startswith("."):
            copy = folder / "secrets" / file.relative_to(secrets)
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy.touch(mode=0o600)
            copy.write_bytes(file.read_bytes())
    return _manifest_of(folder)


def _manifest_of(folder: Path, logs: tuple[LogState, ...] = ()) -> Manifest:
    manifest = Manifest(datetime.now(UTC).isoformat(timespec="seconds"), VERSION, measured(folder), logs)
    manifest.write(folder)
    return manifest


@contextmanager
def _snapshot(dsn: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A repeatable-read transaction and the id of its exported snapshot."""
    with psycopg.connect(dsn) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield conn, row[0]


def _state_of(conn: psycopg.Connection[Any], log: LogId) -> LogState:
    counted = recount(conn, log)
    newest = conn.execute(
        f"SELECT note FROM {log.schema}.log_checkpoint WHERE log = %s"
        " ORDER BY size DESC, signed_at DESC LIMIT 1".encode(),
        (log.name,),
    ).fetchone()
    return LogState(log.name, log.schema, counted.size, counted.root.hex(), newest[0] if newest else None)
