"""The requirement list, `requirements.yaml`: what each clause of the regulations asks of the software."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from gongkai.contracts.clauses import ClauseId
from gongkai.rules.rule_file import read

LIST = Path(__file__).with_name("requirements.yaml")
NATIONAL = "中华人民共和国政府信息公开条例"

Service = Literal["contracts", "intake", "review", "publishing", "scoring"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement; `regulation` and `clause` say where it stands, `service` where its decision lives, `line`
    what it is built together with."""

    id: ClauseId
    regulation: str
    system: str
    clause: str
    service: Service
    line: str
    need: str


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Source(_Data):
    name: str
    file: str
    seed: str
    in_force: date | None = None
    published: date | None = None


class _Entry(_Data):
    id: str
    clause: str
    service: Service
    line: str
    need: str


class _System(_Data):
    id: str
    title: str
    requirements: tuple[_Entry, ...]


class _List(_Data):
    sources: dict[str, _Source]
    systems: tuple[_System, ...]
    national: tuple[_Entry, ...]

    def each(self) -> Iterator[Requirement]:
        for system in self.systems:
            name = self.sources[system.id.partition("-")[0]].name
            for entry in system.requirements:
                yield Requirement(
                    entry.id, name, system.title, entry.clause, entry.service, entry.line, entry.need
                )
        for entry in self.national:
            yield Requirement(
                entry.id, NATIONAL, NATIONAL, entry.clause, entry.service, entry.line, entry.need
            )


@cache
def requirements() -> Mapping[ClauseId, Requirement]:
    """All requirements by id, in the order of the list. ValueError when an id stands there twice."""
    found: dict[ClauseId, Requirement] = {}
    for requirement in read(LIST, _List).content.each():
        if requirement.id in found:
            raise ValueError(f"{requirement.id} stands twice in {LIST.name}")
        found[requirement.id] = requirement
    return MappingProxyType(found)
