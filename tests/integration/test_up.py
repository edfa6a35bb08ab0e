"""`gongkai up`: one supervisor that notices every death, keeps what it must, and leaves nothing behind.

The services are stand-ins; PostgreSQL and the broker are real.
"""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Signer, Verifier
from gongkai.operate.embedded import Postgres
from gongkai.operate.embedded.state_folder import StateFolder
from gongkai.operate.embedded.witness_process import WITNESS, WITNESS_USER
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.processes.termination import is_alive
from gongkai.operate.services import installed

STANDINS = Path(__file__).with_name("stub_services.py")
PATIENCE = 120.0  # seconds; an idle machine needs five


class Up:
    """A `gongkai up` in a process of its own, as a person would start it."""

    def __init__(self, data: Path, port: str = "-", *more: str) -> None:
        self.data = data
        self.output = data.parent / f"{data.name}.output"
        code = str(STANDINS.parents[2])
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(STANDINS), "up", str(data), port, *more],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONPATH": code},
            )

    def status(self) -> dict[str, Any]:
        file = self.data / "run" / "up.json"
        return json.loads(file.read_text()) if file.exists() else {"ready": False, "processes": {}}

    def ready(self) -> "Up":
        self.until(lambda: self.status()["ready"] and self.status()["pid"] == self.process.pid)
        return self

    def pid(self, name: str) -> int:
        return int(self.status()["processes"].get(name, {"pid": 0})["pid"])

    def processes(self) -> dict[str, psutil.Process]:
        return {name: psutil.Process(known["pid"]) for name, known in self.status()["processes"].items()}

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, self.output.read_text()
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.05)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


def living(processes: dict[str, psutil.Process]) -> set[str]:
    return {name for name, process in processes.items() if is_alive(process)}


def healthy(deployment: Deployment, service: str) -> bool:
    try:
        return httpx.get(f"{deployment.url(service)}/health", trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def up(run_folder: Path) -> Iterator[Up]:
    running = Up(run_folder / "up", "0").ready()
    yield running
    assert running.end(signal.SIGINT) == 0, running.output.read_text()


@pytest.fixture
def start(run_folder: Path) -> Iterator[Callable[..., Up]]:
    """As many as a test likes; none outlives it."""
    started: list[Up] = []

    def one(name: str, port: str = "-", *more: str) -> Up:
        started.append(Up(run_folder / name, port, *more))
        return started[-1]

    yield one
    for each in started:
        if each.process.poll() is None:
            each.end()


@pytest.fixture
def deployment(up: Up) -> Deployment:
    return Deployment.running(up.data)


def told(deployment: Deployment, service: str) -> dict[str, str]:
    return dict(httpx.get(f"{deployment.url(service)}/told", trust_env=False).json())


def test_ready_names_the_addresses_in_both_languages(up: Up, deployment: Deployment) -> None:
    said = up.output.read_text()
    assert "就绪 ready" in said
    assert deployment.url("console") in said
    assert deployment.url("portal") in said


@pytest.mark.parametrize("service", installed())
def test_each_service_works_as_its_own_role(deployment: Deployment, service: str) -> None:
    answer = httpx.get(f"{deployment.url(service)}/health", trust_env=False).json()
    assert answer["role"] == f"{service}_writer"


@pytest.mark.parametrize("service", installed())
def test_each_service_is_told_no_secret_of_another(deployment: Deployment, service: str) -> None:
    environment = told(deployment, service)
    passwords = Credentials(deployment.data / "secrets").passwords()
    known = {role for role, password in passwords.items() if password in json.dumps(environment)}
    assert known == {f"{service}_writer"} | ({"keys_writer"} if service == "intake" else set())


@pytest.mark.parametrize("service", installed())
def test_private_token_keys_lie_with_their_issuer_only(deployment: Deployment, service: str) -> None:
    folder = Path(told(deployment, service)["GONGKAI_TOKEN_KEYS"])
    names = {file.name for file in folder.iterdir()}
    private = {f"{service}.private.jwk"} if service in ("console", "portal") else set()
    assert names == {"console.public.jwk", "portal.public.jwk"} | private


def test_secrets_are_closed_to_others(deployment: Deployment) -> None:
    secrets = deployment.data / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets.rglob("*") if file.is_file()} == {0o600}


def test_the_witness_has_a_user_a_folder_and_a_key_of_its_own(up: Up, deployment: Deployment) -> None:
    vkey = Credentials(deployment.data / "secrets").witness_vkey() or ""
    assert httpx.get(f"{deployment.witness_url}/vkey", trust_env=False).text.strip() == vkey
    folder = StateFolder(deployment.data, WITNESS, WITNESS_USER).folder()
    key = folder / "witness.key"
    assert Signer.parse(key.read_text()).verifier == Verifier.parse(vkey)
    owner = psutil.Process(up.pid("witness")).uids().effective
    assert key.stat().st_uid == folder.stat().st_uid == owner
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        assert owner not in {0, psutil.Process(up.pid("postgres")).uids().effective}


@pytest.mark.parametrize("service", installed())
def test_a_log_is_signed_by_its_own_service_only(deployment: Deployment, service: str) -> None:
    environment = told(deployment, service)
    if installed()[service].owns_log:
        keys = KeyFile(Path(environment["GONGKAI_LOG_KEYS"]) / f"{service}.key")
        assert {file.name for file in keys.path.parent.iterdir()} == {f"{service}.key"}
        assert keys.origin.endswith(f"/log/{service}")
        assert environment["GONGKAI_WITNESS_URL"] == deployment.witness_url
    else:
        assert "GONGKAI_LOG_KEYS" not in environment


def test_everything_listens_on_loopback(up: Up) -> None:
    for process in up.processes().values():
        for connection in process.net_connections():
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip == "127.0.0.1"


@pytest.mark.parametrize("name", ["scoring", "broker", "postgres", "console", "witness"])
def test_who_is_killed_comes_back(up: Up, deployment: Deployment, name: str) -> None:
    before = up.pid(name)
    os.kill(before, signal.SIGKILL)
    up.until(lambda: up.pid(name) not in (0, before))
    up.until(lambda: all(healthy(deployment, service) for service in installed()))
    assert f"{name} died (signal SIGKILL)" in up.output.read_text()


def test_a_second_up_on_the_same_data_is_refused(up: Up, start: Callable[..., Up]) -> None:
    other = start(up.data.name)
    assert other.process.wait(PATIENCE) == 1
    assert "already running" in other.output.read_text()
    assert up.process.poll() is None


def test_a_busy_port_is_named(start: Callable[..., Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = start("busy", str(port))
        assert up.process.wait(PATIENCE) == 1
    assert f"端口 {port}" in up.output.read_text()
    assert f"port {port} on 127.0.0.1 is in use" in up.output.read_text()


def test_a_service_that_never_comes_up_ends_the_start(start: Callable[..., Up]) -> None:
    up = start("broken", "0", "broken")
    assert up.process.wait(PATIENCE) == 1
    said = up.output.read_text()
    assert "review 一再退出" in said
    assert str(up.data / "logs" / "review.log") in said
    assert "broken on purpose" in (up.data / "logs" / "review.log").read_text()
    assert up.status()["processes"] == {}


def test_a_second_start_finds_data_and_ports_even_after_the_supervisor_was_killed(
    start: Callable[..., Up],
) -> None:
    first = start("again", "0").ready()
    data = first.data
    ports = first.status()["ports"]
    with psycopg.connect(Deployment.running(data).cluster.dsn("intake_owner")) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 1 AS one")
    orphans = first.processes()
    first.end(signal.SIGKILL)
    assert living(orphans) == set(orphans)

    second = start("again").ready()
    assert "ended what it left" in second.output.read_text()
    assert living(orphans) == set()
    assert second.status()["ports"] == ports
    with psycopg.connect(Deployment.running(data).cluster.dsn("intake_owner")) as conn:
        assert conn.execute("SELECT one FROM kept").fetchone() == (1,)

    processes = second.processes()
    assert second.end() == 0
    assert living(processes) == set()
    assert "database system is shut down" in (data / "logs" / "postgres.log").read_text()


def test_an_outside_postgres_and_kafka_are_used_and_left_alone(
    start: Callable[..., Up], own_postgres: str, broker: str
) -> None:
    first = start("outside", "0", broker, own_postgres).ready()
    assert set(first.processes()) == {*installed(), "witness"}
    there = Deployment.running(first.data)
    assert told(there, "review")["GONGKAI_KAFKA"] == broker
    assert first.end() == 0

    second = start("outside", "-", broker).ready()  # a PostgreSQL once named is not forgotten
    assert set(second.processes()) == {*installed(), "witness"}
    assert second.end() == 0
    psycopg.connect(own_postgres).close()


def test_folders_above_the_data_keep_their_permissions(tmp_path: Path, run_folder: Path) -> None:
    """pytest's own folders are closed to others: root's PostgreSQL has to go elsewhere, a user's stays."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data = closed / "data"
    data.mkdir()
    above = [*data.parents]
    before = [stat.S_IMODE(folder.stat().st_mode) for folder in above]
    server = Postgres(data, port=1, password="secret")
    server.prepare()
    try:
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in above] == before
        assert (server.folder.parent == data) == (os.geteuid() != 0)
        again = Postgres(data, port=1, password="secret")
        again.prepare()
        assert again.folder == server.folder
    finally:
        server.destroy()
