"""What gives a right: a duty in the unit concerned, a standing role in its jurisdiction, an office, a system's entry.

Every grant reads the register as it was on the day that is asked about (SC-1.1). The kinds of askers are kept apart
here, and nowhere else: an administrator is nobody's officer, an agency's system has what its entry says, and the
public what the portal asks for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Protocol

from gongkai.contracts.register import Holding, Register
from gongkai.contracts.vocabulary import Duty, HandIn, StandingRole
from gongkai.runtime.identity import Principal

ANYWHERE: Final = "*"  # in the place of a unit: any one will do


@dataclass(frozen=True, slots=True)
class RightSubject:
    """What is asked about: whose case it is, which other units were asked about it, whom it is about. Without a unit
    no duty gives a right; where any unit's will do, that is said (`ANYWHERE`)."""

    unit: str | None = None
    asked: frozenset[str] = frozenset()
    person: str | None = None


class Asker:
    """Who asks, what the register says of that day, and the rules by action. `who` is None for who shows no token."""

    def __init__(
        self, who: Principal | None, register: Register, day: date, rules: Mapping[str, Any]
    ) -> None:
        self.who, self.register, self.day, self.rules = who, register, day, rules

    @cached_property
    def officer(self) -> str | None:
        """The person's id, for one who may be somebody's officer: no administrator, no system, not the public."""
        who = self.who
        if who is None or who.is_public or who.system or who.registrar or who.security:
            return None
        return who.person

    @cached_property
    def held(self) -> tuple[Holding, ...]:
        """The officer's duties in each unit, with those done for colleagues."""
        return () if self.officer is None else tuple(self.register.holdings(self.officer, on=self.day))

    @cached_property
    def audits(self) -> bool:
        """Auditors read, whatever else they hold (等保: administrators apart; GT-supervise)."""
        return any(Duty.AUDITOR in holding.duties for holding in self.held)


class Grant(Protocol):
    """One way to have a right."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...
    def holds(self, asker: Asker, concern: RightSubject) -> bool: ...


@dataclass(frozen=True, slots=True)
class Anyone:
    """No token is asked for."""

    zh: str = "任何人"
    en: str = "anybody"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class WithToken:
    """Whoever shows a valid token: a person, a system, the portal for the public."""

    zh: str = "持有效令牌者"
    en: str = "whoever shows a valid token"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return asker.who is not None


@dataclass(frozen=True, slots=True)
class Public:
    """The public, for whom the portal asks."""

    zh: str = "公众（经门户）"
    en: str = "the public, by the portal"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return asker.who is not None and asker.who.is_public


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person signed in at the console, for what is nobody else's."""

    zh: str = "登录人员"
    en: str = "whoever is signed in"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return asker.who is not None and not asker.who.is_public and asker.who.system is None


@dataclass(frozen=True, slots=True)
class Office:
    """One of the administrators who are nobody's officers: `registrar` or `security`."""

    office: str

    @property
    def zh(self) -> str:
        return {"registrar": "名录管理员", "security": "安全管理员"}[self.office]

    @property
    def en(self) -> str:
        return {"registrar": "the registrar", "security": "the security administrator"}[self.office]

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        who = asker.who
        return who is not None and (who.registrar if self.office == "registrar" else who.security)


@dataclass(frozen=True, slots=True)
class Auditor:
    zh: str = Duty.AUDITOR.zh
    en: str = "an auditor"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return asker.audits


@dataclass(frozen=True, slots=True)
class Oneself:
    """The officer whom it is about."""

    zh: str = "本人"
    en: str = "the person himself or herself"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        person = asker.officer
        if person is None or person != concern.person or concern.unit is None:
            return False
        return bool(asker.register.own_duties(person, concern.unit, asker.day))


class Holds:
    """Any of these duties in the unit concerned."""

    def __init__(self, *duties: Duty) -> None:
        self.duties = frozenset(duties)
        self.said = duties

    @property
    def zh(self) -> str:
        return f"本单位{_words_zh(self.said)}"

    @property
    def en(self) -> str:
        return f"the unit's {_words_en(self.said)}"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return any(
            concern.unit in (ANYWHERE, holding.unit) and not holding.duties.isdisjoint(self.duties)
            for holding in asker.held
        )


class Asked(Holds):
    """Any of these duties in a unit that was asked about the case."""

    @property
    def zh(self) -> str:
        return f"被征求单位{_words_zh(self.said)}"

    @property
    def en(self) -> str:
        return f"the asked unit's {_words_en(self.said)}"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return any(super(Asked, self).holds(asker, RightSubject(unit)) for unit in concern.asked)


class Stands:
    """An officer of a unit with one of these standing roles, where its word reaches; with a duty, where one is named.

    It reaches the units of its own jurisdiction, and those below it in either line: 属地 and 垂直 (SC-1.2).
    """

    def __init__(self, *roles: StandingRole, duty: Duty | None = None) -> None:
        self.roles = frozenset(roles)
        self.duty = duty
        self.said = roles

    @property
    def zh(self) -> str:
        whom = "、".join(role.zh for role in self.said)
        return f"{whom}{self.duty.zh if self.duty else '工作人员'}"

    @property
    def en(self) -> str:
        whom = ", ".join(role.en for role in self.said)
        return f"{_article(self.duty.en if self.duty else 'officer')} of the {whom}"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return any(self._reaches(asker, post, concern) for post in self._posts(asker))

    def _posts(self, asker: Asker) -> Iterator[str]:
        for holding in asker.held:
            entry = asker.register.unit(holding.unit, on=asker.day)
            if entry and not self.roles.isdisjoint(entry.roles) and self.duty in (None, *holding.duties):
                yield holding.unit

    def _reaches(self, asker: Asker, post: str, concern: RightSubject) -> bool:
        if concern.unit in (ANYWHERE, post):
            return True
        if concern.unit is None:
            return False
        entry, case = (asker.register.unit(unit, on=asker.day) for unit in (post, concern.unit))
        if entry is None or case is None:
            return False
        above = set(_above(asker, concern.unit))
        return entry.jurisdiction == case.jurisdiction or post in above or entry.government in above


def _above(asker: Asker, unit: str) -> Iterator[str]:
    """All units above one, in both lines; each once, whatever the register says."""
    waiting, seen = [unit], {unit}
    while waiting:
        entry = asker.register.unit(waiting.pop(), on=asker.day)
        for above in (entry.government, entry.superior) if entry else ():
            if above is not None and above not in seen:
                seen.add(above)
                waiting.append(above)
                yield above


class Speaks:
    """The unit's own system, for what its entry says that it may hand in."""

    def __init__(self, what: HandIn) -> None:
        self.what = what

    @property
    def zh(self) -> str:
        return f"本单位业务系统（可报送{self.what.zh}）"

    @property
    def en(self) -> str:
        return f"the unit's own system, if it may hand in {self.what.en}"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        who = asker.who
        entry = asker.register.system(who.system) if who and who.system else None
        if who is None or entry is None or entry.unit != who.unit or self.what not in entry.may:
            return False
        return concern.unit in (ANYWHERE, entry.unit)


class SpeaksForAsked(Speaks):
    """The system of a unit that was asked about the case."""

    @property
    def zh(self) -> str:
        return f"被征求单位业务系统（可报送{self.what.zh}）"

    @property
    def en(self) -> str:
        return f"the asked unit's own system, if it may hand in {self.what.en}"

    def holds(self, asker: Asker, concern: RightSubject) -> bool:
        return any(super(SpeaksForAsked, self).holds(asker, RightSubject(unit)) for unit in concern.asked)


def _words_zh(duties: tuple[Duty, ...]) -> str:
    return "工作人员" if len(duties) == len(Duty) else "、".join(duty.zh for duty in duties)


def _words_en(duties: tuple[Duty, ...]) -> str:
    return "officers" if len(duties) == len(Duty) else ", ".join(duty.en for duty in duties)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
