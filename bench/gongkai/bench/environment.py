"""What a bench runs in: a PostgreSQL and a broker of its own in a temporary folder, which end with it."""

import os
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
from psycopg import sql

from gongkai.ledger.brokers import Brokers
from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import Cluster, roles
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.embedded import Postgres, broker_command, free_port, wait_port
from gongkai.operate.embedded.postgres import FAST_SHUTDOWN
from gongkai.runtime.settings import KafkaSettings


@dataclass(frozen=True, slots=True)
class BenchEnvironment:
    """`cluster` is migrated and empty; `peers` is an empty database of the same server."""

    folder: Path
    cluster: Cluster
    durable: dict[str, str]  # what the server says about itself: fsync and its like
    peers_database: str = "peers"

    @property
    def run_id(self) -> str:
        """Unique to this run, so that a Kafka that isn't ours can be used again and again."""
        return self.folder.name.rsplit("-", 1)[-1].lower()

    @property
    def peers(self) -> str:
        return self.cluster.admin(self.peers_database)

    @asynccontextmanager
    async def pool(self, role: str) -> AsyncIterator[Any]:
        """Connections as a service has them."""
        async with asyncpg.create_pool(
            self.cluster.dsn(role), min_size=2, max_size=10, reset=_no_reset, command_timeout=600
        ) as made:
            yield made

    @contextmanager
    def broker(self, elsewhere: str | None = None) -> Iterator[Brokers]:
        """The Kafka that is named, reached as a service would, or an embedded one, empty."""
        if elsewhere is not None:
            yield KafkaSettings(kafka=elsewhere).brokers
            return
        port = free_port()
        process = broker_command(port, self.folder).start(self.folder / "broker.log")
        try:
            wait_port(port, process)
            yield Brokers(f"127.0.0.1:{port}")
        finally:
            process.send_signal(signal.SIGKILL)  # its log is in memory only
            process.wait()


@contextmanager
def bench_environment() -> Iterator[BenchEnvironment]:
    """A fresh server as `gongkai up` would start it, with every migration applied."""
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's own user passes through
        server = Postgres(folder, port=free_port(), password=secrets.token_urlsafe(24))
        server.prepare()
        process = server.command.start(folder / "postgres.log")
        try:
            server.wait_ready(process)
            cluster = Cluster(server.admin_dsn, {role: secrets.token_urlsafe(24) for role in roles()})
            bootstrap(cluster)
            migrate(cluster)
            yield BenchEnvironment(folder, cluster, prepare(cluster))
        finally:
            process.send_signal(FAST_SHUTDOWN)
            process.wait()
            server.destroy()


def prepare(cluster: Cluster, peers: str = "peers") -> dict[str, str]:
    """Make the peers' database; hand back what tells that a commit is a commit here."""
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(peers)))
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
        return {name: _setting(conn, name) for name in names}


def _setting(conn: psycopg.Connection, name: str) -> str:
    row = conn.execute("SELECT current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])


async def _no_reset(_: object) -> None:
    """As in the services: no session state is ever set on a pooled connection, so there is none to reset."""


def cpus() -> int:
    return os.cpu_count() or 1
