"""Which code carries out each requirement, and which tests prove it."""

import importlib
import pkgutil
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gongkai
from gongkai.contracts.clauses import marked
from gongkai.rules.clause_tests import clause_tests
from gongkai.rules.requirements import requirements


@dataclass(frozen=True, slots=True)
class ClauseTrace:
    """One requirement. `code`: functions marked with it, `module:name`; `tests`: `file::test`."""

    id: str
    regulation: str
    clause: str
    code: list[str]
    tests: list[str]


@dataclass(frozen=True, slots=True)
class ClauseReport:
    """`total` and `untested` count all requirements; `unknown`: ids in code or tests that are no requirement's."""

    clauses: list[ClauseTrace]
    unknown: list[str]
    total: int
    untested: int

    def as_data(self) -> dict[str, Any]:
        return {"clauses": [asdict(each) for each in self.clauses], "unknown": self.unknown}


def trace_clauses(tests: Path, *, ids: Collection[str] = (), missing: bool = False) -> ClauseReport:
    """`tests`: the folder of the tests. `ids`: these requirements only; `missing`: only those without a test."""
    _import_all_members()
    known, code, proved = requirements(), marked(), clause_tests(tests)
    traces = [
        ClauseTrace(
            id_, requirement.regulation, requirement.clause, sorted(code.get(id_, ())), proved.get(id_, [])
        )
        for id_, requirement in known.items()
        if not (missing and id_ in proved) and (not ids or id_ in ids)
    ]
    unknown = sorted({*code, *proved, *ids} - set(known))
    return ClauseReport(traces, unknown, len(known), len(set(known) - set(proved)))


def _import_all_members() -> None:
    """A clause is known once its module has been imported."""

    def fail(name: str) -> None:
        raise ImportError(f"{name} can't be imported, so its clauses aren't known")

    for module in pkgutil.walk_packages(gongkai.__path__, "gongkai.", onerror=fail):
        importlib.import_module(module.name)
