"""政务公开责任制度: a unit in the register, with its superiors, standing roles and officers, and how it ends.

SC-1.1, SC-1.2, SC-1.3, SC-A1.2, SC-A1.3.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Refused
from gongkai.contracts.events import (
    SYSTEM,
    Assignment,
    DisclosureBody,
    Event,
    Id,
    Officer,
    PersonId,
    Successor,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import Duty, Level, Management, Reorganisation, StandingRole, UnitKind
from gongkai.intake.units import refusals
from gongkai.rules import Rules
from gongkai.rules.local_time import local_date

# Timers, the public and the administrators, who are nobody's officers, act under these.
RESERVED = frozenset({SYSTEM, "public", "registrar", "security"})
EARLIEST = date(1949, 10, 1)
MAX_AHEAD = timedelta(days=366)  # how far in the future an entry may begin

# -- state


@dataclass(frozen=True, slots=True)
class Registered:
    """The entry handed in last, replaced as a whole, never in part; the unit's first day by any of its entries; and how
    it ended, if it did."""

    entry: UnitRegistered
    first: date
    ending: UnitSucceeded | None = None


State = Registered | None

# -- commands


@dataclass(frozen=True, slots=True)
class Register:
    """Enter a unit, or put another entry in the place of the one it has."""

    unit: Id
    name: str
    kind: UnitKind
    jurisdiction: Id
    government: Id | None
    superior: Id | None
    roles: tuple[StandingRole, ...]
    officers: tuple[Officer, ...]
    by: PersonId
    effective_on: date | None = None
    level: Level | None = None
    managed: Management = Management.LOCAL
    code: str | None = None
    section: str | None = None
    body: DisclosureBody | None = None
    assignments: tuple[Assignment, ...] = ()
    own_name: bool | None = None


@dataclass(frozen=True, slots=True)
class Succeed:
    """Enter the end of a unit and who takes over, or correct what was entered."""

    unit: Id
    kind: Reorganisation
    on: date  # the first day without the unit
    successors: tuple[Successor, ...]
    decided_by: Id | None
    basis: str | None
    by: PersonId

    @property
    def decider_owes(self) -> bool:
        """Whether who decided the end owes what is left: there is no successor who does."""
        return not self.successors and self.kind is not Reorganisation.WITHDRAWN


# -- decide


@clause("SC-1.1", "SC-1.2", "SC-1.3", "SC-A1.2", "CX-10")
def register(
    state: State, cmd: Register, rules: Rules, now: datetime, named: Callable[[Id], str] = str
) -> list[Event]:
    """Refuses another id for a registered unit, a unit above itself or that has ended, a person entered twice or under
    an id of the system's, a disclosure body whose officer isn't the unit's. `named`: a unit's name, for a refusal.
    """
    if state is not None and state.entry.unit != cmd.unit:
        raise refusals.fixed_id(state.entry.unit)
    since = cmd.effective_on or local_date(now)
    if state is not None and state.ending is not None and since >= state.ending.on:
        raise refusals.ended(state.entry.name, state.ending.on, _owner_names(state.ending, named))
    if cmd.superior == cmd.unit:
        raise refusals.own_superior()
    if cmd.managed is not Management.LOCAL and cmd.superior is None:
        raise refusals.no_superior(cmd.managed)
    if cmd.effective_on is not None:
        _require_in_range(refusals.day_out_of_range, cmd.effective_on, now)
    _check_officers(cmd)
    matters = [assignment.matter for assignment in cmd.assignments]
    for index, matter in enumerate(matters):
        if matter in matters[:index]:
            raise refusals.matter_twice(index, matter.zh)
    fields = {name: getattr(cmd, name) for name in UnitRegistered.model_fields if name != "at"}
    event = UnitRegistered(**fields, at=now)
    if state is not None and event == state.entry.model_copy(update={"by": cmd.by, "at": now}):
        return []  # the same entry again changes nothing
    return [event]


def _owner_names(ending: UnitSucceeded, named: Callable[[Id], str]) -> str:
    decided = (ending.decided_by,) if ending.decided_by else ()
    return "、".join(named(unit) for unit in [heir.unit for heir in ending.successors] or decided)


def _check_officers(cmd: Register) -> None:
    for index, officer in enumerate(cmd.officers):
        if officer.person in RESERVED:
            raise refusals.reserved_person(index, officer.person)
        if any(officer.person == other.person for other in cmd.officers[:index]):
            raise refusals.officer_twice(index, officer.name)
    named = cmd.body.officer if cmd.body else None
    if named and not any(o.person == named and Duty.DISCLOSURE_OFFICER in o.duties for o in cmd.officers):
        raise refusals.body_officer(named)


def _require_in_range(refused: Callable[[date, date], Refused], day: date, now: datetime) -> None:
    last = local_date(now) + MAX_AHEAD
    if not EARLIEST <= day <= last:
        raise refused(EARLIEST, last)


@clause("SC-A1.3", "LS-4")
def succeed(state: State, cmd: Succeed, rules: Rules, now: datetime) -> list[Event]:
    """Nobody ends without somebody who owes what is left: a successor, or who decided the end; nor before it began."""
    if state is None:
        raise refusals.not_registered()
    _require_in_range(refusals.end_out_of_range, cmd.on, now)
    if cmd.kind is Reorganisation.WITHDRAWN and state.ending is None:
        raise refusals.not_ended()
    if cmd.kind is not Reorganisation.WITHDRAWN and cmd.on < state.first:
        raise refusals.ends_before_it_begins(state.entry.name, state.first)
    _check_successors(cmd)
    event = UnitSucceeded(
        unit=cmd.unit,
        kind=cmd.kind,
        on=cmd.on,
        successors=cmd.successors,
        decided_by=cmd.decided_by,
        basis=cmd.basis,
        by=cmd.by,
        at=now,
    )
    if state.ending is not None and event == state.ending.model_copy(update={"by": cmd.by, "at": now}):
        return []  # the same end again changes nothing
    return [event]


def _check_successors(cmd: Succeed) -> None:
    many = len(cmd.successors)
    match cmd.kind:
        case Reorganisation.ABOLISHED:
            if not many and cmd.decided_by in (None, cmd.unit):
                raise refusals.no_owner()
        case Reorganisation.DIVIDED if many < 2:
            raise refusals.successors(cmd.kind)
        case Reorganisation.MERGED | Reorganisation.RENAMED if many != 1:
            raise refusals.successors(cmd.kind)
        case Reorganisation.WITHDRAWN if many:
            raise refusals.successors(cmd.kind)
    for index, heir in enumerate(cmd.successors):
        before = cmd.successors[:index]
        if heir.unit == cmd.unit:
            raise refusals.own_successor(index)
        if any(heir.unit == other.unit for other in before):
            raise refusals.successor_twice(index)
        if heir.scope is None and any(other.scope is None for other in before):
            raise refusals.unscoped_twice(index)


# -- evolve


def evolve(state: State, event: Event) -> State:
    match state, event:
        case None, UnitRegistered():
            return Registered(event, event.since)
        case Registered(), UnitRegistered():
            return replace(state, entry=event, first=min(state.first, event.since))
        case Registered(), UnitSucceeded(kind=Reorganisation.WITHDRAWN):
            return replace(state, ending=None)
        case Registered(), UnitSucceeded():
            return replace(state, ending=event)
        case _:
            return state
