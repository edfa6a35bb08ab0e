"""业务系统: an agency's system that speaks for its own unit, and for no other (SC-1.1)."""

from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import Event, Id, PersonId, SystemRegistered, SystemRetired
from gongkai.contracts.vocabulary import HandIn
from gongkai.intake.systems import refusals
from gongkai.rules import Rules

# -- state


@dataclass(frozen=True, slots=True)
class Active:
    """Speaks for its unit."""

    entry: SystemRegistered


@dataclass(frozen=True, slots=True)
class Retired:
    """Spoke for its unit once. Registered again, it does so anew, for the same unit."""

    unit: Id


State = Active | Retired | None

# -- commands


@dataclass(frozen=True, slots=True)
class Register:
    """Let a system speak for a unit, or say anew what it may hand in."""

    system: Id
    name: str
    unit: Id
    may: tuple[HandIn, ...]
    by: PersonId


@dataclass(frozen=True, slots=True)
class Retire:
    reason: str
    by: PersonId


# -- decide


@clause("SC-1.1")
def register(state: State, cmd: Register, rules: Rules, now: datetime) -> list[Event]:
    """Refuses another unit for a known system, and one that may hand in nothing."""
    unit = state.entry.unit if isinstance(state, Active) else state.unit if state else cmd.unit
    if unit != cmd.unit:
        raise refusals.another_unit(unit)
    if not cmd.may:
        raise refusals.nothing_to_hand_in()
    may = tuple(word for word in HandIn if word in cmd.may)
    event = SystemRegistered(system=cmd.system, name=cmd.name, unit=unit, may=may, by=cmd.by, at=now)
    if isinstance(state, Active) and event == state.entry.model_copy(update={"by": cmd.by, "at": now}):
        return []  # the same entry again changes nothing
    return [event]


@clause("SC-1.1")
def retire(state: State, cmd: Retire, rules: Rules, now: datetime) -> list[Event]:
    match state:
        case None:
            raise refusals.unknown_system()
        case Retired():
            return []
        case Active(entry):
            return [SystemRetired(system=entry.system, unit=entry.unit, reason=cmd.reason, by=cmd.by, at=now)]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case SystemRegistered():
            return Active(event)
        case SystemRetired():
            return Retired(event.unit)
        case _:
            return state
