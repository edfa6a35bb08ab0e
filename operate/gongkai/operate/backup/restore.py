"""Restores a backup into an empty data folder and database, and verifies every record before it is used.

Existing data is never overwritten.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Verifier
from gongkai.operate.backup import programs
from gongkai.operate.backup.manifest import BackupError, Manifest
from gongkai.operate.backup.recount import check_texts, recount
from gongkai.operate.backup.take import KEYS, RECORDS
from gongkai.operate.backup.witness_checkpoints import LostEntries, checkpoints, compare, read_notes
from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.embedded import Postgres, free_port
from gongkai.operate.embedded.postgres import FAST_SHUTDOWN
from gongkai.operate.processes.credentials import ADMIN, Credentials, write_secret
from gongkai.operate.services import installed_logs

_OF_THE_LOGS: Final = ("origin", "logs")


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """`keys`: where the keys are, if not in the backup's folder. `witnesses`: files or addresses of kept checkpoints."""

    backup: Path
    data: Path
    keys: Path | None = None
    postgres: str | None = None
    witnesses: tuple[str, ...] = ()
    accept_loss: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: entries by log, number of texts, and what was lost since the backup."""

    made_at: str
    sizes: dict[str, int]
    texts: int
    lost: tuple[LostEntries, ...]


class EntriesLost(BackupError):
    """Checkpoints were signed over more entries than the backup has."""

    def __init__(self, lost: Sequence[LostEntries]) -> None:
        super().__init__(
            "\n".join(map(str, lost))
            + "\n请找更新的备份；确认无法找回的，用 --accept-loss 以新的日志名称继续",
            "look for a newer backup; if there is none, --accept-loss goes on with logs of a new name",
        )


def restore(options: RestoreOptions) -> Restored:
    """Raises BackupError, and then removes what it made."""
    if options.data.exists() and any(options.data.iterdir()):
        raise BackupError(
            f"{options.data} 不是空目录，恢复不会覆盖任何东西",
            f"{options.data} isn't empty, and nothing is ever restored over something",
        )
    folders = options.backup / RECORDS, options.keys or options.backup / KEYS
    manifests = [Manifest.read(folder) for folder in folders]
    for manifest, folder in zip(manifests, folders, strict=True):
        manifest.check(folder)
    options.data.mkdir(parents=True, exist_ok=True)
    options.data.chmod(0o711)
    try:
        return _restore(options, manifests[0], *folders)
    except BaseException:
        _remove_all(options.data)
        raise


def _restore(options: RestoreOptions, manifest: Manifest, records: Path, keys: Path) -> Restored:
    credentials = _secrets(keys / "secrets", options)
    with _server(options, credentials) as cluster:
        bootstrap(cluster)
        _require_empty_logs(cluster)
        programs.load(cluster.admin(cluster.database), records / "gongkai.dump")
        programs.load(cluster.admin(cluster.keys_database), keys / "keys.dump")
        bootstrap(cluster)
        migrate(cluster)
        restored = _verify(cluster, manifest, credentials, options.witnesses)
    if restored.lost and not options.accept_loss:
        raise EntriesLost(restored.lost)
    if restored.lost:  # the old name has signed a longer history: the logs must not be confused
        for name in _OF_THE_LOGS:
            path = credentials.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        credentials.make()
    return restored


def _secrets(kept: Path, options: RestoreOptions) -> Credentials:
    credentials = Credentials(options.data / "secrets")
    credentials.folder.mkdir(mode=0o700)
    for file in sorted(path for path in kept.rglob("*") if path.is_file()):
        write_secret(credentials.folder / file.relative_to(kept), file.read_text())
    credentials.make()
    if options.postgres:
        credentials.remember_postgres(options.postgres)
    return credentials


@contextmanager
def _server(options: RestoreOptions, credentials: Credentials) -> Iterator[Cluster]:
    """The PostgreSQL to restore into: an outside one, or the embedded one, running meanwhile."""
    if options.postgres:
        yield Cluster(options.postgres, credentials.passwords())
        return
    server = Postgres(options.data, port=free_port(), password=credentials.passwords()[ADMIN])
    server.prepare()
    logs = options.data / "logs"
    logs.mkdir(mode=0o700)
    process = server.command.start(logs / "postgres.log")
    try:
        server.wait_ready(process)
        yield Cluster(server.admin_dsn, credentials.passwords())
    finally:
        process.send_signal(FAST_SHUTDOWN)
        process.wait()


def _require_empty_logs(cluster: Cluster) -> None:
    with psycopg.connect(cluster.admin(cluster.database)) as conn:
        for log in installed_logs().values():
            row = conn.execute("SELECT to_regclass(%s)", (f"{log.schema}.log_head",)).fetchone()
            if row is None or row[0] is None:
                continue
            filled = conn.execute(
                f"SELECT EXISTS (SELECT FROM {log.schema}.log_head WHERE size > 0)".encode()
            )
            if (filled.fetchone() or (False,))[0]:
                raise BackupError(
                    f"目标数据库的日志 {log.name} 已有记录",
                    f"log {log.name} has entries in that database already",
                )


def _verify(
    cluster: Cluster, manifest: Manifest, credentials: Credentials, witnesses: Sequence[str]
) -> Restored:
    vkeys = _vkeys(credentials)
    seen = checkpoints(read_notes(witnesses, vkeys.values()), vkeys)
    signed = checkpoints([log.checkpoint for log in manifest.logs if log.checkpoint], vkeys)
    sizes, lost = {}, []
    with psycopg.connect(cluster.admin(cluster.database)) as conn:
        for kept in manifest.logs:
            known = [each for log, each in (*signed, *seen) if log == kept.log]
            counted = recount(conn, installed_logs()[kept.log], [each.size for each in known])
            if (counted.size, counted.root.hex()) != (kept.size, kept.root):
                raise BackupError(
                    f"日志 {kept.log} 与备份时不同", f"log {kept.log} isn't what it was when it was backed up"
                )
            sizes[kept.log] = counted.size
            if missing := compare(kept.log, counted, known):
                lost.append(missing)
        return Restored(manifest.made_at, sizes, check_texts(conn), tuple(lost))


def _vkeys(credentials: Credentials) -> dict[str, Sequence[Verifier]]:
    files = sorted((credentials.folder / "logs").glob("*/*.key"))
    return {file.stem: [Verifier.parse(vkey) for vkey in KeyFile(file).vkeys()] for file in files}


def _remove_all(data: Path) -> None:
    pointer = data / "postgres.location"
    if pointer.exists():  # its files are elsewhere, and of this restore alone
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
