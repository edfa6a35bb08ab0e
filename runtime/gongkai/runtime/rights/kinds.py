"""The kinds of people that the table of rights has a column for, and a small invented region in which they are told.

`REGION` is a register: the table asks it about every kind, and the tests register it in a running deployment and ask there.
The case that all is about is the unit `own`'s; `asked` was asked for its opinion on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Final

from gongkai.contracts.events import DutyDelegated, Event, Officer, SystemRegistered, UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Duty, HandIn, StandingRole, UnitKind
from gongkai.runtime.identity import Principal, by_system
from gongkai.runtime.rights.actions import Rules
from gongkai.runtime.rights.asking import allowed
from gongkai.runtime.rights.grants import Asker, RightSubject
from gongkai.runtime.rights.published import published

OWN: Final = "own"
ASKED: Final = "asked"
MOMENT: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY: Final = date(2026, 3, 2)
SECOND: Final = "second-reviewer"  # who referred the one draft upwards; no column
STAND_IN: Final = "stand-in"  # a drafter who acts for the disclosure officer


@dataclass(frozen=True, slots=True)
class Kind:
    """A column: who it is, as a principal in the region; None for who shows no token."""

    name: str
    zh: str
    en: str
    who: Principal | None

    @property
    def has_session(self) -> bool:
        """A person, who may be signed in at the console."""
        return self.who is not None and not self.who.is_public and self.who.system is None


def _person(person: str, zh: str, en: str) -> Kind:
    return Kind(person, zh, en, Principal(person, "console"))


def _system(system: str, unit: str, zh: str, en: str) -> Kind:
    return Kind(system, zh, en, Principal(by_system(system), "console", system=system, unit=unit))


_ROLES: Final = (
    (StandingRole.AUTHORITY, "authority"),
    (StandingRole.SECRECY, "secrecy"),
    (StandingRole.SUPERVISION, "supervision"),
    (StandingRole.PORTAL, "portal"),
    (StandingRole.NEW_MEDIA, "new-media"),
    (StandingRole.WORKING_GROUP, "working-group"),
)

KINDS: Final = (
    Kind("nobody", "未登录", "nobody signed in", None),
    Kind("public", "公众", "the public", Principal("public", "portal")),
    _person("stranger", "无职责者", "no duty anywhere"),
    *(_person(str(duty), duty.zh, duty.en) for duty in Duty),
    _person(STAND_IN, "专员受托人", "acting for the officer"),
    _person("asked-officer", "被征求单位专员", "asked unit's disclosure officer"),
    _person("asked-drafter", "被征求单位拟稿人", "asked unit's drafter"),
    _person("other", "其他单位人员", "officer of another unit"),
    *(_person(name, role.zh, role.en) for role, name in _ROLES),
    _person("secrecy-reviewer-of-body", "保密指导部门审查人", "reviewer of the secrecy body"),
    _person("far-authority", "其他地区主管部门", "authority elsewhere"),
    Kind("registrar", "名录管理员", "registrar", Principal("registrar", "console", registrar=True)),
    Kind("security", "安全管理员", "security administrator", Principal("security", "console", security=True)),
    _system("own-system", OWN, "本单位业务系统", "own unit's system"),
    _system("own-silent", OWN, "本单位系统（仅报送申请）", "own system for applications only"),
    _system("asked-system", ASKED, "被征求单位业务系统", "asked unit's system"),
    _system("other-system", "other-unit", "其他单位业务系统", "another unit's system"),
)


def _unit(unit: str, officers: Mapping[str, tuple[Duty, ...]], **more: Any) -> UnitRegistered:
    fields: dict[str, Any] = {
        "unit": unit,
        "name": f"示例{unit}",
        "kind": UnitKind.DEPARTMENT,
        "jurisdiction": "sc",
        "government": None,
        "superior": None,
        "roles": (),
        "officers": tuple(
            Officer(person=person, name=f"示例{person}", duties=duties) for person, duties in officers.items()
        ),
        "by": "registrar",
        "at": MOMENT,
    }
    return UnitRegistered(**fields | more)


def _region() -> Iterator[Event]:
    yield _unit(
        OWN,
        {str(duty): (duty,) for duty in Duty} | {STAND_IN: (Duty.DRAFTER,), SECOND: (Duty.SECRECY_REVIEWER,)},
    )
    yield _unit(ASKED, {"asked-officer": (Duty.DISCLOSURE_OFFICER,), "asked-drafter": (Duty.DRAFTER,)})
    yield _unit("other-unit", {"other": tuple(duty for duty in Duty if duty is not Duty.AUDITOR)})
    for role, name in _ROLES:
        people: dict[str, tuple[Duty, ...]] = {name: (Duty.DRAFTER,)}
        if role is StandingRole.SECRECY:
            people["secrecy-reviewer-of-body"] = (Duty.SECRECY_REVIEWER,)
        yield _unit(f"{name}-unit", people, roles=(role,))
    yield _unit(
        "far-unit", {"far-authority": (Duty.HEAD,)}, jurisdiction="wy", roles=(StandingRole.AUTHORITY,)
    )
    for system, unit, may in (
        ("own-system", OWN, tuple(HandIn)),
        ("own-silent", OWN, (HandIn.APPLICATION,)),
        ("asked-system", ASKED, tuple(HandIn)),
        ("other-system", "other-unit", tuple(HandIn)),
    ):
        yield SystemRegistered(system=system, name=system, unit=unit, may=may, by="registrar", at=MOMENT)
    yield DutyDelegated(
        delegation="leave",
        unit=OWN,
        giver=str(Duty.DISCLOSURE_OFFICER),
        taker=STAND_IN,
        duties=(Duty.DISCLOSURE_OFFICER,),
        since=DAY,
        until=DAY + timedelta(days=7),
        reason="",
        by=str(Duty.HEAD),
        at=MOMENT,
    )


REGION: Final = tuple(_region())


def region() -> Register:
    register = Register()
    for event in REGION:
        register.apply(event)
    return register


def may(kind: Kind, action: str, register: Register, rules: Rules) -> bool:
    """The cell: whether that kind may do that with the unit `own`'s case, on which `asked` was asked, where it is about
    a case. What is about somebody himself is about the unit's drafter here."""
    concern = RightSubject(None if rules[action].anywhere else OWN, frozenset([ASKED]), str(Duty.DRAFTER))
    return allowed(Asker(kind.who, register, DAY, rules), action, concern)


@cache
def cells() -> Mapping[str, Mapping[str, bool]]:
    """The whole table. It follows from the code alone, so it is made once."""
    register, rules = region(), published()
    return {action: {kind.name: may(kind, action, register, rules) for kind in KINDS} for action in rules}
