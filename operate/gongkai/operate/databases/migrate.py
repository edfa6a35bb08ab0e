"""Migrations: plain SQL files, applied by yoyo, each schema by its own owner role and nothing more.

Which files go where: the ledger's own (`gongkai/ledger/migrations/{shared,store,keys,log,projections}`) and each
service's (`migrations/` beside its declaration). A schema keeps its own record of what was applied.
"""

from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import yoyo

from gongkai.operate.databases.cluster import KEYS, Cluster, owner
from gongkai.operate.services import installed


class MigrationFailed(Exception):
    """A folder of migrations that can't be applied as it is; the message names the files."""


def migrate(cluster: Cluster) -> list[str]:
    """Bring every schema up to date; what was applied now, as `schema/migration`, in order."""
    applied: list[str] = []
    for schema, folders in _plan():
        applied += _apply(cluster.dsn(owner(schema)), schema, folders)
    return applied


def _plan() -> Iterator[tuple[str, list[Path]]]:
    ledger = _folder("gongkai.ledger") / "migrations"
    yield "ledger", [ledger / "shared"]
    yield "store", [ledger / "store"]
    yield KEYS, [ledger / KEYS]
    for name, service in installed().items():
        log = [ledger / "log"] if service.owns_log else []
        yield name, [*log, ledger / "projections", service.migrations]


def _folder(package: str) -> Path:
    return Path(str(resources.files(package)))


def _apply(dsn: str, schema: str, folders: list[Path]) -> list[str]:
    files = [file for folder in folders for file in sorted(folder.glob("*.sql"))]
    if not files:
        return []
    twice = [name for name, count in Counter(file.name for file in files).items() if count > 1]
    if twice:  # a migration is known by its file name alone: the second would count as applied
        raise MigrationFailed(f"{schema}: the same name in two folders: {', '.join(twice)}")
    # One migrator a schema at a time. A lock of the session ends with the process, however it ends;
    # yoyo's own lock is a row, which a killed process leaves behind: under our lock it can only be stale.
    with psycopg.connect(dsn, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(hashtext('gongkai.migrate'), hashtext(%s))", (schema,))
        with yoyo.get_backend(_yoyo_address(dsn, schema)) as backend:
            backend.break_lock()
            migrations = yoyo.read_migrations(*(str(folder) for folder in folders if folder.is_dir()))
            todo = backend.to_apply(migrations)
            with backend.lock():
                backend.apply_migrations(todo)
            left = [migration.id for migration in backend.to_apply(migrations)]
    if left:
        raise MigrationFailed(f"{schema}: not applied: {', '.join(left)}")
    return [f"{schema}/{migration.id}" for migration in todo]


def _yoyo_address(dsn: str, schema: str) -> str:
    parts = urlsplit(dsn)
    query = f"{parts.query}&schema={schema}" if parts.query else f"schema={schema}"
    return urlunsplit(("postgresql+psycopg", parts.netloc, parts.path, query, ""))
