"""docs/glossary.md names every event, command, aggregate and coded word, and by the same names as the code."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

import gongkai
from gongkai.contracts.events import REGISTRY
from gongkai.contracts.vocabulary import CodedTerm
from gongkai.rules.requirements import requirements

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
HEADINGS = ["中文", "English", "Code", "Clause"]


@dataclass(frozen=True)
class Entry:
    zh: str
    en: str
    clauses: tuple[str, ...]


@cache
def entries() -> dict[tuple[str, str], list[Entry]]:
    """(section, name in code) -> the entries there."""
    found: dict[tuple[str, str], list[Entry]] = {}
    section = ""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.split()[-1]
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells or cells == HEADINGS or set(line) <= set("|-"):
            continue
        assert len(cells) == len(HEADINGS), line
        zh, en, code, clause = cells
        name = re.fullmatch(r"`([^`]+)`", code)
        assert name, line
        clauses = () if clause == "—" else tuple(clause.split(", "))
        found.setdefault((section, name[1]), []).append(Entry(zh, en, clauses))
    return found


def the_entry(section: str, name: str) -> Entry:
    known = entries().get((section, name), [])
    assert len(known) == 1, f"docs/glossary.md has {len(known)} entries for {name} under {section}"
    return known[0]


def domains() -> Iterator[ModuleType]:
    """The modules of every service's domain."""
    for module in pkgutil.walk_packages(gongkai.__path__, "gongkai."):
        if module.name.endswith(".aggregate"):
            yield importlib.import_module(module.name)


def capability(module: ModuleType) -> str:
    """`gongkai.intake.units.aggregate` is called `units`."""
    return module.__name__.split(".")[-2]


def coded_words() -> list[type[CodedTerm]]:
    list(domains())
    return CodedTerm.__subclasses__()


def commands() -> list[str]:
    return sorted(
        f"{capability(module)}.{command.__name__}"
        for module in domains()
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not function.__name__.startswith("_")
        and (command := get_type_hints(function).get("cmd")) is not None
    )


def aggregates() -> list[str]:
    return [capability(module) for module in domains()]


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_event_is_there_with_its_clause(name: str) -> None:
    entry = the_entry("Events", name)
    assert entry.zh
    assert entry.en
    assert entry.clauses


@pytest.mark.parametrize("term", [member for words in coded_words() for member in words], ids=repr)
def test_every_coded_word_is_there_by_the_names_it_has_in_code(term: CodedTerm) -> None:
    entry = the_entry("words", f"{type(term).__name__}.{term.name}")
    assert entry == Entry(term.zh, term.en, (term.clause,))


@pytest.mark.parametrize("name", commands())
def test_every_command_is_there(name: str) -> None:
    assert the_entry("Commands", name).clauses


@pytest.mark.parametrize("name", aggregates())
def test_every_aggregate_is_there(name: str) -> None:
    assert the_entry("Aggregates", name).clauses


def test_nothing_else_is_there_under_these_headings() -> None:
    known = {
        "Events": set(REGISTRY),
        "words": {f"{words.__name__}.{member.name}" for words in coded_words() for member in words},
        "Commands": set(commands()),
        "Aggregates": set(aggregates()),
    }
    written = {section: {name for where, name in entries() if where == section} for section in known}
    assert written == known


def test_every_clause_is_in_the_list_of_requirements() -> None:
    named = {clause for found in entries().values() for entry in found for clause in entry.clauses}
    assert named <= set(requirements())
