"""Which code carries out each requirement, and what its tests show: that it is proved, in part, or a value alone."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import gongkai
from gongkai.contracts.clauses import ClauseId, marked
from gongkai.rules.clause_tests import ClauseTest, clause_tests
from gongkai.rules.requirements import Requirement, requirements


class Proof(StrEnum):
    """How far a requirement is shown. PROVED: by scenarios, whole. PARTLY: by scenarios that name what is missing.
    VALUE: other tests only, of a value, a function or a page. NONE: no test names it."""

    PROVED = "proved"
    PARTLY = "partly"
    VALUE = "value"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClauseTrace:
    """One requirement. `missing`: what it asks for and nothing does yet; `code`: functions marked with it,
    `module.name`; `scenarios` and `tests`: `file::test`."""

    id: ClauseId
    regulation: str
    clause: str
    line: str
    need: str
    proof: Proof
    missing: tuple[str, ...]
    code: tuple[str, ...]
    scenarios: tuple[str, ...]
    tests: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """For JSON; `state` is the proof."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "proof"}
        return {**fields, "state": self.proof.value}


@dataclass(frozen=True, slots=True)
class ClauseReport:
    """`counts`: of all requirements of the line, if one is asked for, by proof; `unknown`: ids in code, tests or the
    question that are no requirement's."""

    clauses: list[ClauseTrace]
    unknown: list[str]
    counts: Counter[Proof]

    def as_data(self) -> dict[str, Any]:
        return {
            "counts": {proof.value: self.counts[proof] for proof in Proof},
            "clauses": [each.as_data() for each in self.clauses],
            "unknown": self.unknown,
        }


def trace_clauses(
    tests: Path, *, ids: Collection[str] = (), missing: bool = False, line: str | None = None
) -> ClauseReport:
    """`tests`: the folder of the tests. `ids`: these requirements only; `missing`: only those that aren't proved;
    `line`: only those that are built together (`applications`). ValueError for a line that there isn't."""
    _import_all_members()
    known, code, named = requirements(), marked(), clause_tests(tests)
    if line is not None and line not in (lines := {each.line for each in known.values()}):
        raise ValueError(f"没有“{line}”这一组 / no such line: {line}. {', '.join(sorted(lines))}")
    traces = [
        _trace(requirement, sorted(code.get(id_, ())), named.get(id_, []))
        for id_, requirement in known.items()
        if line in (None, requirement.line)
    ]
    shown = [
        each
        for each in traces
        if not (missing and each.proof is Proof.PROVED) and (not ids or each.id in ids)
    ]
    unknown = sorted({*code, *named, *ids} - set(known))
    return ClauseReport(shown, unknown, Counter(each.proof for each in traces))


def _trace(requirement: Requirement, code: Sequence[str], named: Sequence[ClauseTest]) -> ClauseTrace:
    scenarios = [each for each in named if each.scenario]
    missing = tuple(dict.fromkeys(each.missing for each in scenarios if each.missing))
    return ClauseTrace(
        requirement.id,
        requirement.regulation,
        requirement.clause,
        requirement.line,
        requirement.need,
        _proof(named, missing),
        missing,
        tuple(code),
        tuple(each.test for each in scenarios),
        tuple(each.test for each in named if not each.scenario),
    )


def _proof(named: Sequence[ClauseTest], missing: Collection[str]) -> Proof:
    if any(each.scenario for each in named):
        return Proof.PARTLY if missing else Proof.PROVED
    return Proof.VALUE if named else Proof.NONE


def _import_all_members() -> None:
    """A clause is known once its module has been imported."""

    def fail(name: str) -> None:
        raise ImportError(f"{name} can't be imported, so its clauses aren't known")

    for module in pkgutil.walk_packages(gongkai.__path__, "gongkai.", onerror=fail):
        importlib.import_module(module.name)
