"""May he? One answer for services and pages alike, by the register of that day (SC-1.1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Refused, Sentence
from gongkai.contracts.events import DutyDelegated
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Duty
from gongkai.rules.local_time import local_date
from gongkai.runtime.clock import Clock
from gongkai.runtime.identity import Principal
from gongkai.runtime.registry import Replica
from gongkai.runtime.rights.actions import Rules
from gongkai.runtime.rights.grants import ANYWHERE, Anyone, Asker, RightSubject, SignedIn, WithToken

_WHOEVER = (Anyone, SignedIn, WithToken)  # what an auditor may do like everybody


class RightsContext(Protocol):
    """What the question needs of a service's dependencies: the day, the register, the rules."""

    clock: Clock
    replica: Replica
    rules: Rules


@dataclass(frozen=True, slots=True)
class Right:
    """That somebody may, and for whom he acts where it isn't his own duty that gives it."""

    register: Register
    day: date
    acting: tuple[DutyDelegated, ...] = ()

    def for_whom(self, person: str, unit: str, duty: Duty) -> frozenset[str]:
        """The colleagues whose duty this is, where the person holds none of his own in that unit."""
        if duty in self.register.own_duties(person, unit, self.day):
            return frozenset()
        return frozenset(each.giver for each in self.acting if each.unit == unit and duty in each.duties)


@clause("SC-1.1")
def allowed(asker: Asker, action: str, concern: RightSubject) -> bool:
    """Whether any grant of the action's rule holds. Who audits changes nothing."""
    rule = asker.rules[action]
    if rule.anywhere and concern.unit is None:
        concern = replace(concern, unit=ANYWHERE)
    reads_only = rule.writes and asker.audits
    return any(
        grant.holds(asker, concern) for grant in rule.grants if not reads_only or isinstance(grant, _WHOEVER)
    )


async def asker_of(knows: RightsContext, who: Principal | None) -> Asker:
    """Who asks, with the register as far as the log goes now, and the day."""
    today = local_date(await knows.clock.now())
    return Asker(who, (await knows.replica.sync()).as_of(today), today, knows.rules)


@clause("SC-1.1")
async def require(
    knows: RightsContext,
    who: Principal,
    action: str,
    *,
    unit: str | None = None,
    asked: Iterable[str] = (),
    person: str | None = None,
) -> Right:
    """Refuse (403) unless the register gives the right on this day, as far as the log goes now."""
    asker = await asker_of(knows, who)
    concern = RightSubject(unit, frozenset(asked), person)
    if not allowed(asker, action, concern):
        raise refusal(asker, action, concern)
    acting = asker.register.acting(who.person, asker.day)
    return Right(asker.register, asker.day, tuple(acting))


def refusal(asker: Asker, action: str, concern: RightSubject) -> Refused:
    """Why not, in words: who may."""
    rule = asker.rules[action]
    if rule.writes and asker.audits:
        says = Sentence(
            "审计人员只能查看，不能办理业务。", "Auditors only read: somebody else has to do this."
        )
        return Refused("rights.auditor-reads-only", "GT-supervise", says, status=403)
    zh, en = "；".join(g.zh for g in rule.grants), "; ".join(g.en for g in rule.grants)
    units = (
        sorted(concern.asked)
        if concern.asked and not concern.unit
        else [concern.unit]
        if concern.unit
        else []
    )
    where_zh = f"（{'、'.join(units)}）" if units else ""
    where_en = f" ({', '.join(units)})" if units else ""
    says = Sentence(f"“{rule.zh}”须由下列人员办理{where_zh}：{zh}。", f"To {rule.en}{where_en} takes: {en}.")
    return Refused(rule.code, rule.clause, says, status=403)
