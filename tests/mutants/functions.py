"""Mutants of the functions that carry out clauses (`@clause`), made by mutmut's operators.

mutmut itself leaves every decorated function alone, and so all of these; its operators don't mind (docs/adr/0035).
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

_CODE = re.compile(r"""['"][a-z][a-z.-]*['"]""")  # a coded word; what people read isn't mutated


@dataclass(frozen=True)
class Mutant:
    """A module with one change in it."""

    module: str
    path: Path
    function: str
    line: int
    clauses: tuple[str, ...]
    before: str
    after: str

    @property
    def name(self) -> str:
        return f"{self.module}.{self.function}:{self.line}"

    @cached_property
    def diff(self) -> str:
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), self.module, self.module, lineterm="", n=1
        )
        return "\n".join(list(lines)[2:])


@dataclass(frozen=True)
class Site:
    """Where a mutant can be made; it is made when it is asked for."""

    file: "File"
    function: str
    line: int
    clauses: tuple[str, ...]
    node: cst.CSTNode
    instead: cst.CSTNode

    def mutant(self) -> Mutant | None:
        """None where the change isn't Python any more."""
        changed = self.file.tree.deep_replace(self.node, self.instead)
        assert isinstance(changed, cst.Module)
        try:
            compile(changed.code, str(self.file.path), "exec")
        except SyntaxError:
            return None
        return Mutant(
            self.file.module,
            self.file.path,
            self.function,
            self.line,
            self.clauses,
            self.file.tree.code,
            changed.code,
        )


@dataclass(frozen=True)
class File:
    module: str
    path: Path
    tree: cst.Module


def sites(folders: Iterable[str | Path]) -> list[Site]:
    """All of them, in the order of modules and lines. `folders`: the portions of the namespace `gongkai`."""
    found: list[Site] = []
    for folder in map(Path, folders):
        for path in sorted(folder.rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if "@clause(" not in source:
                continue
            wrapper = MetadataWrapper(cst.parse_module(source))
            parts = path.relative_to(folder.parent).with_suffix("").parts
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            finder = _Finder(File(module, path, wrapper.module))
            wrapper.visit(finder)
            found += finder.found
    return sorted(found, key=lambda site: (site.file.module, site.line))


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, file: File) -> None:
        super().__init__()
        self.file, self.found = file, list[Site]()
        self.inside: list[tuple[cst.CSTNode, str, tuple[str, ...]]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Parameters) or _documents(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            clauses = tuple(_clauses(node))
            if clauses or self.inside:
                outer = self.inside[-1] if self.inside else None
                name = f"{outer[1]}.{node.name.value}" if outer else node.name.value
                self.inside.append((node, name, clauses + (outer[2] if outer else ())))
        elif any(isinstance(outer, cst.FunctionDef) for outer, _, _ in self.inside):
            _, name, clauses = self.inside[-1]
            line = self.get_metadata(PositionProvider, node).start.line
            self.found += (
                Site(self.file, name, line, clauses, node, instead) for instead in _replacements(node)
            )
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.inside and self.inside[-1][0] is original_node:
            self.inside.pop()


def _replacements(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if not isinstance(node, kind):
            continue
        if operator is operator_string:
            if isinstance(node, cst.SimpleString) and _CODE.fullmatch(node.value):
                yield node.with_changes(value=f'"XX{node.raw_value}XX"')
        else:
            yield from operator(node)


def _documents(node: cst.CSTNode) -> bool:
    return m.matches(node, m.SimpleStatementLine(body=[m.Expr(m.SimpleString() | m.ConcatenatedString())]))


def _clauses(node: cst.FunctionDef | cst.ClassDef) -> Iterator[str]:
    for decorator in node.decorators:
        match decorator.decorator:
            case cst.Call(func=cst.Name(value="clause"), args=arguments):
                yield from (
                    argument.value.raw_value
                    for argument in arguments
                    if isinstance(argument.value, cst.SimpleString)
                )
