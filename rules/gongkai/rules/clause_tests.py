"""Which tests are marked with which clause, `@pytest.mark.clause("SC-3.3")`: parsed from their source, not run.

A scenario under `tests/requirements/` proves its clauses, unless its mark names what they still miss:
`@pytest.mark.clause("SC-3.3", missing="上报和裁定")`. Any other test shows a value or a part.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.contracts.clauses import ClauseId

SCENARIOS = "requirements"  # their folder in that of the tests

_Test = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class ClauseTest:
    """A test that names a clause. `test`: `tests/unit/rules/test_deadlines.py::test_name`; `missing`: what the clause
    asks for and nothing does yet, in words."""

    test: str
    scenario: bool
    missing: str = ""


@dataclass(frozen=True, slots=True)
class _Mark:
    clause: ClauseId
    missing: str


def clause_tests(folder: Path) -> dict[ClauseId, list[ClauseTest]]:
    """Clause id -> the tests under `folder` that name it, in the order of their files. ValueError for a `missing` that
    isn't a text, and outside of a scenario."""
    found: dict[ClauseId, list[ClauseTest]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        place = path.relative_to(folder.parent).as_posix()
        scenario = path.relative_to(folder).parts[0] == SCENARIOS
        for test, marks in _tests(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for clause in dict.fromkeys(mark.clause for mark in marks):
                missing = "；".join(m.missing for m in marks if m.clause == clause and m.missing)
                if missing and not scenario:
                    raise ValueError(f"{place}::{test} says what {clause} misses and is no scenario")
                found.setdefault(clause, []).append(ClauseTest(f"{place}::{test}", scenario, missing))
    return found


def _tests(module: ast.Module) -> Iterator[tuple[str, list[_Mark]]]:
    whole = [mark for node in module.body for mark in _pytestmark(node)]
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            shared = (
                whole
                + _marks(node.decorator_list)
                + [mark for inner in node.body for mark in _pytestmark(inner)]
            )
            for inner in node.body:
                if isinstance(inner, _Test) and inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", shared + _marks(inner.decorator_list)
        elif isinstance(node, _Test) and node.name.startswith("test"):
            yield node.name, whole + _marks(node.decorator_list)


def _pytestmark(node: ast.stmt) -> list[_Mark]:
    if not isinstance(node, ast.Assign):
        return []
    if not any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets):
        return []
    return _marks(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])


def _marks(expressions: list[ast.expr]) -> list[_Mark]:
    return [
        _Mark(argument.value, _missing(expression))
        for expression in expressions
        if isinstance(expression, ast.Call) and ast.unparse(expression.func) == "pytest.mark.clause"
        for argument in expression.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _missing(mark: ast.Call) -> str:
    for keyword in mark.keywords:
        if keyword.arg != "missing" or not isinstance(keyword.value, ast.Constant):
            raise ValueError(f"not understood, line {mark.lineno}: {ast.unparse(mark)}")
        if not isinstance(keyword.value.value, str) or not keyword.value.value.strip():
            raise ValueError(f"`missing` says nothing, line {mark.lineno}: {ast.unparse(mark)}")
        return keyword.value.value
    return ""
