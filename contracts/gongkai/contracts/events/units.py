"""受理: the register of units, as facts (SC-1.1, SC-1.2, SC-1.3, SC-A1.2, SC-A1.3)."""

from datetime import date
from zoneinfo import ZoneInfo

from gongkai.contracts.events._event import (
    AuditSentence,
    Event,
    Id,
    Line,
    PersonId,
    RulebookClause,
    Value,
    event,
)
from gongkai.contracts.events._words import day_in_words
from gongkai.contracts.vocabulary import (
    BodyDuty,
    Duty,
    Level,
    Management,
    Reorganisation,
    StandingMatter,
    StandingRole,
    UnitKind,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Officer(Value):
    """A person in a unit, with what he or she does there."""

    person: PersonId
    name: Line
    duties: tuple[Duty, ...]


class DisclosureBody(Value):
    """政务公开工作机构 of a unit, with its officer, and how the public reaches it (SC-A1.2, WY-A.3, WY-A.4)."""

    name: Line
    officer: PersonId | None = None
    duties: tuple[BodyDuty, ...] = tuple(BodyDuty)
    address: Line | None = None
    hours: Line | None = None
    phone: Line | None = None


class Assignment(Value):
    """Which section supplies a standing matter of 非公文 information (CX-10)."""

    matter: StandingMatter
    section: Line


@event(1, "intake", zh="登记单位", en="Unit registered", basis=RulebookClause("registration"))
class UnitRegistered(Event):
    """A unit entered the register, or its entry was replaced as a whole (SC-1.1, SC-1.2, SC-1.3)."""

    unit: Id
    name: Line
    kind: UnitKind
    jurisdiction: Id  # picks the rulebook: cn, sc, cx, wy, hz, ls
    government: Id | None  # the local government it belongs to
    superior: Id | None  # the vertical superior, where it has one
    roles: tuple[StandingRole, ...]
    officers: tuple[Officer, ...]
    effective_on: date | None = None  # from which day it holds; None: from the day of entry
    level: Level | None = None
    managed: Management = Management.LOCAL
    code: Line | None = None  # 统一社会信用代码
    section: Line | None = None  # 承办科室
    body: DisclosureBody | None = None
    assignments: tuple[Assignment, ...] = ()
    own_name: bool | None = None  # acts in its own name towards the public; None: as its kind does

    @property
    def since(self) -> date:
        """The day from which this entry holds, Asia/Shanghai."""
        return self.effective_on or self.at.astimezone(SHANGHAI).date()

    def describe(self) -> AuditSentence:
        return AuditSentence(f"登记单位：{self.name}", f"Unit registered: {self.name}")


class Successor(Value):
    """Who took over a unit's duties, or the part of them that `scope` names."""

    unit: Id
    scope: Line | None = None  # None: all that no other successor took over


@event(1, "intake", zh="单位变更", en="Unit reorganised", basis="SC-A1.3")
class UnitSucceeded(Event):
    """A unit ended: who owes from that day on what it owed (SC-A1.3, LS-4). A later one replaces it as a whole."""

    unit: Id
    kind: Reorganisation
    on: date  # the first day without the unit
    successors: tuple[Successor, ...]
    decided_by: Id | None  # who decided it, and owes what nobody took over
    basis: Line | None  # the decision's number

    def describe(self) -> AuditSentence:
        zh, en = day_in_words(self.on)
        heirs = "、".join(f"{s.unit}（{s.scope}）" if s.scope else s.unit for s in self.successors)
        owes = heirs or self.decided_by or ""
        return AuditSentence(
            f"单位{self.kind.zh}：{self.unit}，自{zh}起" + (f"由{owes}承接" if owes else "生效"),
            f"Unit {self.unit}: {self.kind.en}, from {en}" + (f"; {owes} takes over" if owes else ""),
            self.basis or "",
        )
