"""YAML files of rules (rulebooks, holiday notices, requirements), validated against a model; every fault has its line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from gongkai.contracts.errors import Sentence

M = TypeVar("M", bound=BaseModel)

Where = Sequence[str | int]

_ZH = {"missing": "缺少此项", "extra_forbidden": "没有这一项", "enum": "没有这个代码"}


@dataclass(frozen=True, slots=True)
class RuleFileFault:
    """One thing wrong in a file; `line` counts from 1."""

    file: str
    line: int
    says: Sentence

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says.zh} / {self.says.en}"


@dataclass(slots=True)
class RuleFileError(Exception):
    """A file that isn't valid, with all its faults."""

    faults: tuple[RuleFileFault, ...]

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


@dataclass(frozen=True, slots=True)
class RuleFile(Generic[M]):
    """The validated content, and the YAML tree that knows the lines."""

    path: Path
    content: M
    tree: Any

    def fault(self, where: Where, zh: str, en: str) -> RuleFileFault:
        return RuleFileFault(self.path.name, line_of(self.tree, where), Sentence(zh=zh, en=en))


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


def read(path: Path, model: type[M]) -> RuleFile[M]:
    """Read and check one file. RuleFileError names every fault with its line."""
    return parse(path.read_text(encoding="utf-8"), path.name, model, path)


def parse(text: str, name: str, model: type[M], path: Path | None = None) -> RuleFile[M]:
    """As `read`, for a text that is handed in under a name."""
    try:
        tree = _yaml().load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        why = error.problem if isinstance(error, MarkedYAMLError) else type(error).__name__
        says = Sentence(zh="不是合格的 YAML", en=f"not well-formed YAML: {why}")
        raise RuleFileError((RuleFileFault(name, mark.line + 1 if mark else 1, says),)) from error
    try:
        return RuleFile(path or Path(name), model.model_validate(tree), tree)
    except ValidationError as error:
        raise RuleFileError(
            tuple(
                RuleFileFault(
                    name,
                    line_of(tree, found["loc"]),
                    _says(_name(found["loc"]), found["type"], found["msg"]),
                )
                for found in error.errors()
            )
        ) from error


class _Constructor(RoundTripConstructor):
    """Leaves dates as text: the model checks them, so that a wrong one is reported with its line."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    return yaml


def _says(name: str, type_: str, message: str) -> Sentence:
    """Our own checks have messages in both languages, `中文 · English`; pydantic's are English only."""
    zh, _, en = message.rpartition(" · ")
    return Sentence(zh=f"{name}：{zh or _ZH.get(type_, '值不合要求')}", en=f"{name}: {en}")


def _name(where: Where) -> str:
    return ".".join(str(step) for step in where) or "/"
