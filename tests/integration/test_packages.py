"""`gongkai-contracts` installs with pydantic and nothing else, `gongkai-client` with one HTTP client more."""

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gongkai.contracts.version import VERSION

TREE = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")

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


def run(*command: str | Path) -> str:
    return subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True, timeout=120
    ).stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("wheels")
    for name in ("contracts", "client"):
        source = TREE / "deploy" / "packages" / name
        run(UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline", "-o", out, source)
    return {file.name.split("-")[0]: file for file in out.glob("*.whl")}


def bare(folder: Path, *allowed: str) -> Path:
    """A Python in which nothing can be imported but the distributions named, and what those need."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    [site] = folder.glob("lib/python3*/site-packages")
    waiting, seen = list(allowed), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += [
            canonicalize_name(needed.name)
            for needed in map(Requirement, requires(name) or ())
            if needed.marker is None or needed.marker.evaluate({"extra": ""})
        ]
        found = distribution(name)
        tops = {file.parts[0] for file in found.files or () if file.parts[0] != ".."}
        for top in tops - {"__pycache__"}:
            there = Path(str(found.locate_file(top)))
            if top.endswith(".dist-info"):  # uv looks for no others than real ones
                shutil.copytree(there, site / top)
            else:
                (site / top).symlink_to(there)
    return folder / "bin" / "python"


@pytest.mark.parametrize(
    ("names", "allowed"),
    [
        pytest.param(["contracts"], ["pydantic"], id="contracts with pydantic"),
        pytest.param(["contracts", "client"], ["pydantic", "httpx"], id="client with httpx besides"),
    ],
)
def test_it_installs_alone_and_works(
    wheels: dict[str, Path], tmp_path: Path, names: list[str], allowed: list[str]
) -> None:
    python = bare(tmp_path / "venv", *allowed)
    files = [wheels[f"gongkai_{name}"] for name in names]
    assert all(f"-{VERSION}-" in file.name for file in files)
    run(UV, "pip", "install", "--quiet", "--offline", "--no-index", "--no-deps", "--python", python, *files)
    run(UV, "pip", "check", "--quiet", "--offline", "--python", python)  # what they say they need is there
    told = run(python, "-I", "-W", "error", "-c", TRY, *(f"gongkai.{name}" for name in names))
    assert "另一份通知" in told


def test_what_they_say_they_need_is_little(wheels: dict[str, Path]) -> None:
    needs = {}
    for name, file in wheels.items():
        with zipfile.ZipFile(file) as wheel:
            [meta] = [each for each in wheel.namelist() if each.endswith("/METADATA")]
            lines = wheel.read(meta).decode().splitlines()
            assert not [each for each in wheel.namelist() if "__pycache__" in each]
        needs[name] = [line.split(": ")[1] for line in lines if line.startswith("Requires-Dist")]
    assert needs == {
        "gongkai_contracts": ["pydantic>=2.14"],
        "gongkai_client": ["gongkai-contracts", "httpx>=0.28"],
    }
