"""What documents say is where it is: every file that they name is there, by its path or by its path in the namespace."""

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# A decision is history: it names the files of its day.
DOCUMENTS = sorted(
    path
    for path in PROJECT.glob("**/*.md")
    if not {".venv", "node_modules", "adr", "build"} & set(path.relative_to(PROJECT).parts)
    and path.name not in ("CHANGELOG.md", "LICENSE.md")
)
NAMED = re.compile(r"`([\w./-]+/[\w.-]+\.(?:py|sql|yaml|yml|md|html|css|json|toml|txt))`")
LINKED = re.compile(r"\]\(([\w./-]+)(?:#[\w-]+)?\)")


def files() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - wherever git is
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = set(listed.stdout.splitlines())
    return found | {path.partition("gongkai/")[2] for path in found if "/gongkai/" in path}


THERE = files()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    named = [
        name for name in NAMED.findall(document.read_text(encoding="utf-8")) if not name.startswith("DATA/")
    ]
    missing = [name for name in named if not _there(document, name)]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in LINKED.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def _there(document: Path, name: str) -> bool:
    relative = (document.parent / name).resolve()
    beside = relative.is_relative_to(PROJECT) and str(relative.relative_to(PROJECT)) in THERE
    return beside or name in THERE or any(each.endswith(f"/{name}") for each in THERE)
