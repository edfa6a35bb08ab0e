"""Restoring a backup into a place of its own, and looking at every record before it opens.

Nothing is ever restored over something: what is there stays as it was, whatever happens here.
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
from gongkai.operate.backup.manifest import Manifest, Unfit
from gongkai.operate.backup.recount import check_texts, recount
from gongkai.operate.backup.take import KEYS, RECORDS
from gongkai.operate.backup.witness_checkpoints import Lost, checkpoints, compare, notes
from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.embedded import Postgres, free_port
from gongkai.operate.embedded.postgres import FAST_SHUTDOWN
from gongkai.operate.processes.credentials import ADMIN, Credentials, write_secret
from gongkai.runtime.topology import LOGS

_OF_THE_LOGS: Final = ("origin", "logs")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`keys`: where the keys lie, if not beside the records. `witnesses`: files or addresses of kept checkpoints."""

    backup: Path
    data: Path
    keys: Path | None = None
    postgres: str | None = None
    witnesses: tuple[str, ...] = ()
    accept_loss: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now: entries by log, texts, and what was lost since the backup."""

    made_at: str
    sizes: dict[str, int]
    texts: int
    lost: tuple[Lost, ...]


class Loss(Unfit):
    """Others have seen more than the backup holds."""

    def __init__(self, lost: Sequence[Lost]) -> None:
        super().__init__(
            "\n".join(map(str, lost))
            + "\n请找更新的备份；确认无法找回的，用 --accept-loss 以新的日志名称继续",
            "look for a newer backup; if there is none, --accept-loss goes on with logs of a new name",
        )


def restore(wanted: Wanted) -> Restored:
    """Raises Unfit, and then leaves nothing behind."""
    if wanted.data.exists() and any(wanted.data.iterdir()):
        raise Unfit(
            f"{wanted.data} 不是空目录，恢复不会覆盖任何东西",
            f"{wanted.data} isn't empty, and nothing is ever restored over something",
        )
    folders = wanted.backup / RECORDS, wanted.keys or wanted.backup / KEYS
    manifests = [Manifest.read(folder) for folder in folders]
    for manifest, folder in zip(manifests, folders, strict=True):
        manifest.check(folder)
    wanted.data.mkdir(parents=True, exist_ok=True)
    wanted.data.chmod(0o711)
    try:
        return _restore(wanted, manifests[0], *folders)
    except BaseException:
        _leave_nothing(wanted.data)
        raise


def _restore(wanted: Wanted, manifest: Manifest, records: Path, keys: Path) -> Restored:
    credentials = _secrets(keys / "secrets", wanted)
    with _server(wanted, credentials) as cluster:
        bootstrap(cluster)
        _only_into_nothing(cluster)
        programs.load(cluster.admin(cluster.database), records / "gongkai.dump")
        programs.load(cluster.admin(cluster.keys_database), keys / "keys.dump")
        bootstrap(cluster)
        migrate(cluster)
        restored = _looked_at(cluster, manifest, credentials, wanted.witnesses)
    if restored.lost and not wanted.accept_loss:
        raise Loss(restored.lost)
    if restored.lost:  # the old name has signed a longer history: nobody shall ever take one for the other
        for name in _OF_THE_LOGS:
            path = credentials.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        credentials.make()
    return restored


def _secrets(kept: Path, wanted: Wanted) -> Credentials:
    credentials = Credentials(wanted.data / "secrets")
    credentials.folder.mkdir(mode=0o700)
    for file in sorted(path for path in kept.rglob("*") if path.is_file()):
        write_secret(credentials.folder / file.relative_to(kept), file.read_text())
    credentials.make()
    if wanted.postgres:
        credentials.remember_postgres(wanted.postgres)
    return credentials


@contextmanager
def _server(wanted: Wanted, credentials: Credentials) -> Iterator[Cluster]:
    """The PostgreSQL to restore into: somebody's, or one of ours that runs meanwhile."""
    if wanted.postgres:
        yield Cluster(wanted.postgres, credentials.passwords())
        return
    server = Postgres(wanted.data, port=free_port(), password=credentials.passwords()[ADMIN])
    server.prepare()
    logs = wanted.data / "logs"
    logs.mkdir(mode=0o700)
    process = server.command.start(logs / "postgres.log")
    try:
        server.wait_ready(process)
        yield Cluster(server.admin_dsn, credentials.passwords())
    finally:
        process.send_signal(FAST_SHUTDOWN)
        process.wait()


def _only_into_nothing(cluster: Cluster) -> None:
    with psycopg.connect(cluster.admin(cluster.database)) as conn:
        for log in LOGS.values():
            row = conn.execute("SELECT to_regclass(%s)", (f"{log.schema}.log_head",)).fetchone()
            if row is None or row[0] is None:
                continue
            filled = conn.execute(
                f"SELECT EXISTS (SELECT FROM {log.schema}.log_head WHERE size > 0)".encode()
            )
            if (filled.fetchone() or (False,))[0]:
                raise Unfit(
                    f"目标数据库的日志 {log.name} 已有记录",
                    f"log {log.name} has entries in that database already",
                )


def _looked_at(
    cluster: Cluster, manifest: Manifest, credentials: Credentials, witnesses: Sequence[str]
) -> Restored:
    vkeys = _vkeys(credentials)
    seen = checkpoints(notes(witnesses, vkeys.values()), vkeys)
    signed = checkpoints([log.checkpoint for log in manifest.logs if log.checkpoint], vkeys)
    sizes, lost = {}, []
    with psycopg.connect(cluster.admin(cluster.database)) as conn:
        for kept in manifest.logs:
            known = [each for log, each in (*signed, *seen) if log == kept.log]
            counted = recount(conn, LOGS[kept.log], [each.size for each in known])
            if (counted.size, counted.root.hex()) != (kept.size, kept.root):
                raise Unfit(
                    f"日志 {kept.log} 与备份时不同", f"log {kept.log} isn't what it was when it was backed up"
                )
            sizes[kept.log] = counted.size
            if missing := compare(kept.log, counted, known):
                lost.append(missing)
        return Restored(manifest.made_at, sizes, check_texts(conn), tuple(lost))


def _vkeys(credentials: Credentials) -> dict[str, Sequence[Verifier]]:
    files = sorted((credentials.folder / "logs").glob("*/*.key"))
    return {file.stem: [Verifier.parse(vkey) for vkey in KeyFile(file).vkeys()] for file in files}


def _leave_nothing(data: Path) -> None:
    pointer = data / "postgres.location"
    if pointer.exists():  # its files lie elsewhere, and are of this restore alone
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
