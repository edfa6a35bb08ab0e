"""Which tests a mutant has to get past: the unit tests of its module first, then the scenarios that carry its clauses."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gongkai.rules.clause_tests import ClauseTest, clause_tests

TESTS = Path(__file__).parents[1]
PROJECT = TESTS.parent
MOST = 10  # tests that need a database: of a clause that has more, the first


def tiers(module: str, clauses: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Unit tests marked with the clauses, and files of them that import the module. Then scenarios so marked, and after
    them the integration tests. A test is `file::name`."""
    marked = list(dict.fromkeys(named.test for clause in clauses for named in _by_clause().get(clause, ())))
    unit = [test for test in marked if test.startswith("tests/unit/")]
    files = [path for path, modules in sorted(_imports().items()) if module in modules]
    others = [
        test
        for folder in ("tests/requirements/", "tests/integration/")
        for test in marked
        if test.startswith(folder)
    ]
    return unit + files, others[:MOST]


@cache
def _by_clause() -> dict[str, list[ClauseTest]]:
    return clause_tests(TESTS)


@cache
def _imports() -> dict[str, frozenset[str]]:
    """Unit test file -> modules of ours that it imports itself."""
    return {
        path.relative_to(PROJECT).as_posix(): frozenset(_imported(path))
        for path in (TESTS / "unit").rglob("test_*.py")
    }


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
