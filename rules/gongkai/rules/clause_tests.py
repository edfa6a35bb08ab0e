"""Which tests are marked with which clause, `@pytest.mark.clause("SC-3.3")`: parsed from their source, not run."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gongkai.contracts.clauses import ClauseId

_Test = ast.FunctionDef | ast.AsyncFunctionDef


def clause_tests(folder: Path) -> dict[ClauseId, list[str]]:
    """Clause id -> tests under `folder`, written `tests/unit/rules/test_deadlines.py::test_name`."""
    found: dict[ClauseId, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        place = path.relative_to(folder.parent).as_posix()
        for test, clauses in _tests(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for clause in dict.fromkeys(clauses):
                found.setdefault(clause, []).append(f"{place}::{test}")
    return found


def _tests(module: ast.Module) -> Iterator[tuple[str, list[ClauseId]]]:
    whole = [id_ for node in module.body for id_ in _pytestmark(node)]
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            shared = (
                whole
                + _marks(node.decorator_list)
                + [id_ for inner in node.body for id_ in _pytestmark(inner)]
            )
            for inner in node.body:
                if isinstance(inner, _Test) and inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", shared + _marks(inner.decorator_list)
        elif isinstance(node, _Test) and node.name.startswith("test"):
            yield node.name, whole + _marks(node.decorator_list)


def _pytestmark(node: ast.stmt) -> list[ClauseId]:
    if not isinstance(node, ast.Assign):
        return []
    if not any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets):
        return []
    return _marks(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])


def _marks(expressions: list[ast.expr]) -> list[ClauseId]:
    return [
        argument.value
        for expression in expressions
        if isinstance(expression, ast.Call) and ast.unparse(expression.func) == "pytest.mark.clause"
        for argument in expression.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
