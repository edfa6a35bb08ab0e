"""Which values of the rulebooks code reads, found in its source: a value that nobody reads is not carried out (GT-since).

A rulebook is what is called `.book`, what is annotated `Rulebook`, and what a function returns that is. A read is one of
its values under a name that stands in the code. What only cites a value's clause reads the value of nothing but a `Basis`,
and what shows or compares all of them (`entries()`) reads none.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Indicator
from gongkai.rules.rulebooks import Library, Value
from gongkai.rules.rulebooks.library import FOLDER
from gongkai.rules.rulebooks.overlay import Values
from gongkai.rules.rulebooks.values import Basis

# Sections whose keys are a vocabulary: a key that isn't a constant is any of them.
VOCABULARIES = {"attributes": Attribute, "consultations": ConsultationKind, "deductions": Indicator}
METHODS = {
    "consultation": "consultations",
    "points": "deductions",
}  # of a rulebook, and the section that each reads
PACKAGE, SOURCES = "gongkai.rules.rulebooks", {"load", "named"}  # its functions that return a rulebook
_SINGLE = {name for name, field in Values.model_fields.items() if field.default is None}
_SECTIONS = set(Values.model_fields) - _SINGLE
_RULEBOOK = re.compile(r"""['"]?Rulebook['"]?( \| None)?""")
_MENTIONS = re.compile(r"ulebook|\.book\b")
_OWN = {"clause", "article", "reading"}  # fields that every value has


@dataclass(frozen=True, slots=True)
class Reads:
    """`names`: values that are read; `cited`: values whose clause is. `undetermined`: where a section is read under a key
    that the source doesn't tell. `fields`: every attribute that is read anywhere, of whatever."""

    names: frozenset[str]
    cited: frozenset[str]
    undetermined: tuple[str, ...]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that no code reads, with its clauses by jurisdiction."""

    name: str
    clauses: Mapping[str, str]


def reads(folders: Iterable[Path]) -> Reads:
    """What the modules under the folders read. The rulebooks' own don't count."""
    names: set[str] = set()
    cited: set[str] = set()
    fields: set[str] = set()
    undetermined: list[str] = []
    for path in sorted(path for folder in folders for path in Path(folder).rglob("*.py")):
        if path.is_relative_to(FOLDER):
            continue
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source, str(path))
        fields |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if not _MENTIONS.search(source):
            continue
        for found in _Module(tree).found():
            if found.name.endswith(".?"):
                undetermined.append(f"{path.name}:{found.line}: {found.name[:-2]}")
            else:
                (cited if found.cited else names).add(found.name)
    return Reads(frozenset(names), frozenset(cited), tuple(undetermined), frozenset(fields))


def all_values(library: Library) -> dict[str, list[tuple[str, Value]]]:
    """Name -> jurisdiction and value, in every version of every rulebook."""
    found: dict[str, list[tuple[str, Value]]] = {}
    for id_, file in library.files.items():
        for version in file.content.versions:
            for path, value in version.entries():
                found.setdefault(".".join(path), []).append((id_, value))
    return found


def unread(library: Library, read: Reads) -> list[Unread]:
    """The values that no code reads; of those that are read, the parts that aren't."""
    missing: list[Unread] = []
    for name, values in all_values(library).items():
        found = {name, f"{name.partition('.')[0]}.*"}
        if found & (read.names | read.cited if isinstance(values[0][1], Basis) else read.names):
            parts: dict[str, dict[str, str]] = {}
            for id_, value in values:
                for part in value.model_fields_set - _OWN - read.fields:
                    parts.setdefault(f"{name}.{part}", {})[id_] = value.clause
            missing += [Unread(part, clauses) for part, clauses in parts.items()]
        else:
            missing.append(Unread(name, {id_: value.clause for id_, value in values}))
    return missing


@dataclass(frozen=True, slots=True)
class _Read:
    """`name`: `answer`, `terms.fee-payment`, `attributes.*` for any, `terms.?` for one that can't be told."""

    name: str
    line: int
    cited: bool


class _Module:
    """One module's tree, with what in it is a rulebook."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.constants = dict(_constants(tree))
        self.returning = _imported(tree) | {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_rulebook(node.returns)
        }
        annotated = [node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign | ast.arg)]
        self.named = {_target(node) for node in annotated if _is_rulebook(node.annotation)} | {"book"}
        while True:  # what is assigned from a rulebook is one
            more = {
                target.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign) and self._prefix(node.value) == ""
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            if more <= self.named:
                break
            self.named |= more

    def found(self) -> Iterator[_Read]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _called(node) == "RulebookClause":
                yield _Read(_declared(node), node.lineno, cited=True)
            elif isinstance(node, ast.Attribute):
                prefix = self._prefix(node.value)
                if prefix == "" and node.attr in _SINGLE:
                    yield _Read(node.attr, node.lineno, self._cites(node))
                elif prefix is not None and (node.attr in _SECTIONS or (not prefix and node.attr in METHODS)):
                    name, access = self._keyed(node)
                    yield _Read(f"{prefix}{name}", node.lineno, self._cites(access))

    def _cites(self, access: ast.AST) -> bool:
        above = self.parents.get(access)
        return isinstance(above, ast.Attribute) and above.attr in _OWN

    def _prefix(self, node: ast.expr) -> str | None:
        """Nothing (`""`) before the values of a rulebook, `procedures.NAME.` before those of a procedure in one; None for
        anything else."""
        found: str | None = None
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in self.named:
                found = ""
            case ast.Call(func=ast.Name(id=name)) if name in self.returning:
                found = ""
            case ast.Call(func=ast.Attribute(attr=name, value=ast.Call(func=ast.Name(id="shipped")))):
                found = "" if name in SOURCES else None
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                found = self._prefix(inner)
            case ast.IfExp(body=one, orelse=other):
                found = self._prefix(one) if self._prefix(one) is not None else self._prefix(other)
            case ast.Subscript(value=ast.Attribute(attr="procedures", value=book), slice=key):
                procedure = self._key(key)
                found = f"procedures.{procedure}." if procedure and self._prefix(book) == "" else None
        return found

    def _keyed(self, node: ast.Attribute) -> tuple[str, ast.AST]:
        """The section with the key that is read, and the expression that has the value."""
        section = METHODS.get(node.attr, node.attr)
        above = self.parents[node]
        key: ast.expr | None = None
        match above:
            case ast.Subscript(value=value) if value is node:
                key = above.slice
            case ast.Call(func=func, args=[first, *_]) if func is node:
                key = first
            case ast.Attribute(attr="get"):
                above = self.parents[above]
                key = above.args[0] if isinstance(above, ast.Call) and above.args else None
        name = None if key is None else self._key(key)
        if name is None:
            name = "*" if section in VOCABULARIES else "?"
        return f"{section}.{name}", above

    def _key(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self.constants.get(name)
            case ast.Attribute(value=ast.Name(id=enum), attr=member):
                known = next((v for v in VOCABULARIES.values() if v.__name__ == enum), None)
                return None if known is None else str(known[member])
        return None


def _declared(call: ast.Call) -> str:
    """An event's clause is that of a value of its rulebook."""
    value = call.args[0]
    assert isinstance(value, ast.Constant)
    keyed = any(keyword.arg == "key" for keyword in call.keywords)
    return f"{value.value!s}.*" if keyed else str(value.value)


def _imported(tree: ast.Module) -> set[str]:
    found = (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == PACKAGE)
    return {alias.asname or alias.name for node in found for alias in node.names if alias.name in SOURCES}


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text))):
                yield name, text


def _is_rulebook(annotation: ast.expr | None) -> bool:
    return annotation is not None and _RULEBOOK.fullmatch(ast.unparse(annotation)) is not None


def _target(node: ast.AnnAssign | ast.arg) -> str:
    if isinstance(node, ast.arg):
        return node.arg
    return ast.unparse(node.target).rpartition(".")[2]


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
