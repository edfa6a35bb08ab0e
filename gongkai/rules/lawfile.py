"""A file of law: YAML held against a model, every fault with its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from gongkai.contracts.errors import Sentence

M = TypeVar("M", bound=BaseModel)

Where = Sequence[str | int]

_ZH = {"missing": "缺少此项", "extra_forbidden": "没有这一项", "enum": "没有这个代码"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file; `line` counts from 1."""

    file: str
    line: int
    says: Sentence

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says.zh} / {self.says.en}"


@dataclass(slots=True)
class LawFileError(Exception):
    """A file of law can't be used. All its faults are told at once."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


@dataclass(frozen=True, slots=True)
class LawFile(Generic[M]):
    """The content, and where in the file each part of it stands."""

    path: Path
    content: M
    tree: Any

    def fault(self, where: Where, zh: str, en: str) -> Fault:
        return Fault(self.path.name, line_of(self.tree, where), Sentence(zh=zh, en=en))


def line_of(tree: Any, where: Where) -> int:
    """Line of the deepest part of `where` that the file has."""
    line, node = 0, tree
    for step in where:
        if isinstance(node, CommentedMap) and step in node:
            line = node.lc.key(step)[0]
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line = node.lc.item(step)[0]
        else:
            break
        node = node[step]
    return line + 1


def read(path: Path, model: type[M]) -> LawFile[M]:
    """Read and check one file. LawFileError names every fault with its line."""
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        says = Sentence(zh="不是合格的 YAML", en=f"not well-formed YAML: {error.problem}")
        raise LawFileError((Fault(path.name, line, says),)) from error
    try:
        return LawFile(path, model.model_validate(tree), tree)
    except ValidationError as error:
        raise LawFileError(
            tuple(
                Fault(
                    path.name,
                    line_of(tree, found["loc"]),
                    Sentence(
                        zh=f"{_name(found['loc'])}：{_ZH.get(found['type'], '值不合要求')}",
                        en=f"{_name(found['loc'])}: {found['msg']}",
                    ),
                )
                for found in error.errors()
            )
        ) from error


def _name(where: Where) -> str:
    return ".".join(str(step) for step in where) or "/"
