"""A unit of the demo: the people in its posts, and their entries in the register (SC-1.1, SC-1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gongkai.contracts.vocabulary import (
    Duty,
    Level,
    Management,
    Reorganisation,
    StandingMatter,
    StandingRole,
    UnitKind,
)
from gongkai.demo.workdays import YEAR

# The posts of every unit. A person's id is `<unit>-<post>`.
POSTS: Final[Mapping[str, Duty]] = {
    "head": Duty.HEAD,
    "deputy": Duty.DEPUTY,
    "drafter": Duty.DRAFTER,
    "drafter-2": Duty.DRAFTER,
    "secrecy": Duty.SECRECY_REVIEWER,
    "disclosure": Duty.DISCLOSURE_OFFICER,
}
AUDITOR_OF: Final = "sjj"


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    name: str
    mark: str  # 机关代字, as in 示政办〔2025〕5号
    matters: tuple[str, ...]  # what it writes about
    kind: UnitKind = UnitKind.DEPARTMENT
    roles: tuple[StandingRole, ...] = ()
    jurisdiction: str = "sc"
    government: str | None = "qzf"
    people: str = "示例"  # how the names of its people begin
    level: Level | None = Level.COUNTY
    superior: str | None = None
    managed: Management = Management.LOCAL
    section: str | None = "政务公开科"
    named_officer: bool = True  # its disclosure body has one
    posts: bool = True  # people of its own
    assignments: tuple[tuple[StandingMatter, str], ...] = ()
    ends: date | None = None  # the first day without it
    successor: str | None = None

    def person(self, post: str) -> str:
        return f"{self.id}-{post}"

    def entry(self) -> dict[str, Any]:
        """For POST /units."""
        return {
            "unit": self.id,
            "name": self.name,
            "kind": self.kind.value,
            "jurisdiction": self.jurisdiction,
            "government": self.government,
            "superior": self.superior,
            "managed": self.managed.value,
            "level": None if self.level is None else self.level.value,
            "roles": [role.value for role in self.roles],
            "officers": self._officers(),
            "section": self.section,
            "body": self._body(),
            "assignments": [{"matter": m.value, "section": section} for m, section in self.assignments],
        }

    def ending(self) -> dict[str, Any]:
        """For POST /units/{unit}/ending."""
        return {
            "kind": Reorganisation.MERGED.value,
            "on": str(self.ends),
            "successors": [{"unit": self.successor}],
            "decided_by": self.government,
            "basis": f"示编〔{YEAR}〕6号",
        }

    def _body(self) -> dict[str, Any] | None:
        if self.section is None or self.kind is UnitKind.GOVERNMENT:
            return None
        return {
            "name": "办公室",
            "officer": self.person("disclosure") if self.named_officer and self.posts else None,
            "address": "示例区示例路1号",
            "hours": "工作日 8:30-12:00，13:30-17:30",
            "phone": "0000-00000000",
        }

    def _officers(self) -> list[dict[str, Any]]:
        if not self.posts:
            return []
        posts = dict(POSTS) | ({"auditor": Duty.AUDITOR} if self.id == AUDITOR_OF else {})
        return [
            {"person": self.person(post), "name": f"{self.people}{n}", "duties": [duty.value]}
            for n, (post, duty) in zip("一二三四五六七", posts.items(), strict=False)
        ]
