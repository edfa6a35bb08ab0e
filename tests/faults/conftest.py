"""A PostgreSQL and a broker that can be killed at any moment, and a small deployment on them."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import psycopg
import pytest

from gongkai.ledger import keyfile
from gongkai.operate.databases.bootstrap import bootstrap
from gongkai.operate.databases.cluster import Cluster, roles
from gongkai.operate.databases.migrate import migrate
from gongkai.operate.embedded import Postgres, broker_command, free_port, wait_port
from tests.faults.small_deployment import PATIENCE, SmallDeployment
from tests.faults.small_deployment_process import TABLES, Settings

REAL = os.environ.get("GONGKAI_TEST_KAFKA", "")


@dataclass
class Server:
    """A PostgreSQL or a broker that can be killed and started again, on its port and, if it has any, its data."""

    launch: Callable[[int | None], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start(self, disk: int | None = None) -> None:
        """`disk`: bytes that a file may have; beyond it writing fails as on a full disk."""
        self.process = self.launch(disk)


@pytest.fixture(scope="session")
def shaky_postgres(run_folder: Path) -> Iterator[tuple[Server, Cluster]]:
    """Another PostgreSQL than the other tests': killing it hurts nobody."""
    data = run_folder / "shaky"
    data.mkdir(mode=0o711)
    server = Postgres(data, port=free_port(), password=secrets.token_urlsafe(24))
    server.prepare()

    def launch(disk: int | None = None) -> "subprocess.Popen[bytes]":
        command = server.command
        if disk is not None:
            command = replace(command, argv=("/usr/bin/prlimit", f"--fsize={disk}:", "--", *command.argv))
        while True:
            server.clear()
            process = command.start(data / "postgres.log")
            try:
                server.wait_ready(process)
                return process
            except Exception:  # what the killed one left is still ending
                process.kill()
                process.wait()

    running = Server(launch, launch())
    cluster = Cluster(
        server.admin_dsn, {role: secrets.token_urlsafe(24) for role in roles()}, "shaky", "shaky_keys"
    )
    try:
        bootstrap(cluster)
        migrate(cluster)
        yield running, cluster
    finally:
        running.process.send_signal(signal.SIGINT)
        running.process.wait()
        server.destroy()


@pytest.fixture
def shaky_broker(run_folder: Path) -> Iterator[tuple[Server, str]]:
    """The embedded broker, which forgets everything; or a real one, which `deploy/kafka/run` starts again."""
    if REAL:
        yield Revived(REAL.split(",")[0]), REAL
        return
    port = free_port()

    def launch(_: int | None = None) -> "subprocess.Popen[bytes]":
        process = broker_command(port, run_folder).start(run_folder / f"broker-{port}.log")
        wait_port(port, process)
        return process

    running = Server(launch, launch())
    yield running, f"127.0.0.1:{port}"
    running.kill()


class Revived(Server):
    """A broker of `deploy/kafka/run`, which starts it again by itself."""

    def __init__(self, address: str) -> None:
        self.port = int(address.rpartition(":")[2])

    def kill(self) -> None:
        listening = (c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN)
        pid = next(c.pid for c in listening if tuple(c.laddr)[1:] == (self.port,))
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid):  # until its parent has noticed
            time.sleep(0.01)

    def start(self, disk: int | None = None) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < end, "it never came back"
                time.sleep(0.1)


@pytest.fixture
def life(
    shaky_postgres: tuple[Server, Cluster], shaky_broker: tuple[Server, str], tmp_path: Path
) -> Iterator[SmallDeployment]:
    """On a database of its own in the PostgreSQL that can be killed."""
    _, template = shaky_postgres
    life = _small_deployment(template, shaky_broker[1], tmp_path)
    yield life
    life.end()


def _small_deployment(template: Cluster, kafka: str, folder: Path) -> SmallDeployment:
    name = f"life_{secrets.token_hex(4)}"
    cluster = Cluster(template.admin_dsn, template.passwords, name, f"{name}_keys")
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as conn:
        for new, old in (
            (cluster.database, template.database),
            (cluster.keys_database, template.keys_database),
        ):
            conn.execute(f"CREATE DATABASE {new} TEMPLATE {old}")
    bootstrap(cluster)
    with psycopg.connect(cluster.dsn("review_owner"), autocommit=True) as conn:
        conn.execute(TABLES)
    keys = folder / "log.keys"
    keys.write_text(keyfile.new_key_file("gongkai.example/log/intake"))
    settings = Settings(
        intake_dsn=cluster.dsn("intake_writer"),
        review_dsn=cluster.dsn("review_writer"),
        kafka=kafka,
        prefix=name,
        replication=min(3, len(kafka.split(","))),
        keys=str(keys),
        acknowledged=str(folder / "acknowledged"),
        stop=str(folder / "stop"),
        bad=str(folder / "bad"),
    )
    life = SmallDeployment(folder, cluster)
    life.tell(settings)
    return life
