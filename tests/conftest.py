"""What the tests stand on: a fresh PostgreSQL and a broker, started once per run; nothing is mocked."""

import gc
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from gongkai.operate.databases.bootstrap import bootstrap, databases
from gongkai.operate.databases.cluster import Cluster, roles
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.embedded import Postgres, broker_command, free_port, wait_port
from gongkai.operate.embedded.postgres import FAST_SHUTDOWN

ROOM = 8 << 30  # bytes


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach, unlike pytest's; in memory where there is plenty."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of a random name in it
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    within = memory if roomy else None
    with tempfile.TemporaryDirectory(prefix="gongkai-test-", dir=within, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def running_postgres(data: Path) -> Iterator[str]:
    server = Postgres(data, port=free_port(), password=secrets.token_urlsafe(24))
    server.prepare()
    process = server.command.start(data / "postgres.log")
    try:
        server.wait_ready(process)
        yield server.admin_dsn
    finally:
        process.send_signal(FAST_SHUTDOWN)
        process.wait()
        server.destroy()


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Iterator[str]:
    """A fresh cluster; its administrator's DSN. It need not survive a power cut: killed processes lose nothing."""
    with running_postgres(run_folder) as dsn:
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET fsync = off")
            conn.execute("SELECT pg_reload_conf()")
        yield dsn


@pytest.fixture
def own_postgres(run_folder: Path) -> Iterator[str]:
    """Another one, empty, for one test alone."""
    data = run_folder / f"own-{secrets.token_hex(4)}"
    data.mkdir(mode=0o711)
    with running_postgres(data) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def _template(postgres: str) -> Cluster:
    """Databases with every migration applied, to be copied."""
    passwords = {role: secrets.token_urlsafe(24) for role in roles()}
    cluster = Cluster(postgres, passwords, "gongkai_template", "gongkai_keys_template")
    bootstrap(cluster)
    migrate(cluster)
    return cluster


@pytest.fixture(scope="session")
def database(_template: Cluster) -> Cluster:
    """Bootstrapped and migrated, shared by the whole run: `database.dsn("intake_writer")`."""
    return copied_databases(_template)


@pytest.fixture
def fresh_database(_template: Cluster) -> Iterator[Cluster]:
    """The same, for one test alone, and empty."""
    cluster = copied_databases(_template)
    yield cluster
    dropped_databases(cluster)


def copied_databases(template: Cluster) -> Cluster:
    """A copy of databases that nobody is connected to, under a name of its own: several processes may share a server."""
    name = f"gongkai_{secrets.token_hex(4)}"
    copy = Cluster(template.admin_dsn, template.passwords, name, f"{name}_keys")
    with psycopg.connect(copy.admin_dsn, autocommit=True) as conn:
        for new, old in ((copy.database, template.database), (copy.keys_database, template.keys_database)):
            conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (new, old))))
    databases(copy)  # rights to connect are not copied
    return copy


def dropped_databases(cluster: Cluster) -> None:
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as conn:
        for each in (cluster.database, cluster.keys_database):
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(each)))


@pytest.fixture(scope="session")
def broker(run_folder: Path) -> Iterator[str]:
    """host:port of a Kafka: the embedded one, or a real one named by GONGKAI_TEST_KAFKA."""
    real = os.environ.get("GONGKAI_TEST_KAFKA")
    if real:
        yield real
        return
    port = free_port()
    process = broker_command(port, run_folder).start(run_folder / "broker.log")
    try:
        wait_port(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGKILL)  # its log is in memory only
        process.wait()


def pytest_collection_finish() -> None:
    """Tests and what they import live as long as the run: looking through all of that again and again is slow."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
