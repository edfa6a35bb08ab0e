"""政务公开责任制度: a unit in the register, with its superiors, standing roles and officers (SC-1.1, SC-1.2, SC-1.3)."""

from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import SYSTEM, Event, Id, Officer, PersonId, UnitRegistered
from gongkai.contracts.vocabulary import StandingRole, UnitKind
from gongkai.rules import Rules
from gongkai.services.intake.domain import refusals

RESERVED = frozenset({SYSTEM, "public"})  # timers and the public act under these

# -- state


@dataclass(frozen=True, slots=True)
class Registered:
    """The entry in force: an entry is replaced as a whole, never in part."""

    entry: UnitRegistered


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


# -- decide


@clause("SC-1.1", "SC-1.2", "SC-1.3")
def register(state: State, cmd: Register, rules: Rules, now: datetime) -> list[Event]:
    """Refuses another id for a registered unit, a unit above itself, a person entered twice or under an id of the system's."""
    if state is not None and state.entry.unit != cmd.unit:
        raise refusals.fixed_id(state.entry.unit)
    if cmd.superior == cmd.unit:
        raise refusals.own_superior()
    for index, officer in enumerate(cmd.officers):
        if officer.person in RESERVED:
            raise refusals.reserved_person(index, officer.person)
        if any(officer.person == other.person for other in cmd.officers[:index]):
            raise refusals.officer_twice(index, officer.name)
    event = UnitRegistered(
        unit=cmd.unit,
        name=cmd.name,
        kind=cmd.kind,
        jurisdiction=cmd.jurisdiction,
        government=cmd.government,
        superior=cmd.superior,
        roles=cmd.roles,
        officers=cmd.officers,
        by=cmd.by,
        at=now,
    )
    if state is not None and event == state.entry.model_copy(update={"by": cmd.by, "at": now}):
        return []  # the same entry again changes nothing
    return [event]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case UnitRegistered():
            return Registered(event)
        case _:
            return state
