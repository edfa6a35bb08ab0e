"""委托代行: an officer's duties done by a colleague during leave (SC-1.3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import DelegationWithdrawn, DutyDelegated, Event, Id, PersonId
from gongkai.contracts.vocabulary import Duty
from gongkai.intake.delegations import refusals
from gongkai.rules import Rules
from gongkai.rules.local_time import local_date

MAX_LENGTH = timedelta(days=366)

# -- state


@dataclass(frozen=True, slots=True)
class InForce:
    """In force on its days."""

    event: DutyDelegated


@dataclass(frozen=True, slots=True)
class Withdrawn:
    event: DutyDelegated


State = InForce | Withdrawn | None

# -- commands


@dataclass(frozen=True, slots=True)
class Delegate:
    """`held`: what the giver has in the unit; `colleagues`: its other officers, auditors left out."""

    delegation: Id
    unit: Id
    giver: PersonId
    taker: PersonId
    duties: tuple[Duty, ...]
    since: date
    until: date
    reason: str
    held: frozenset[Duty]
    colleagues: frozenset[PersonId]
    by: PersonId


@dataclass(frozen=True, slots=True)
class Withdraw:
    by: PersonId


# -- decide


@clause("SC-1.3")
def delegate(state: State, cmd: Delegate, rules: Rules, now: datetime) -> list[Event]:
    """Only what the giver holds, only to a colleague, from today on at the earliest, for a year at most. An auditor's
    duty stays his own."""
    duties = tuple(duty for duty in Duty if duty in cmd.duties)
    if not duties or not cmd.held.issuperset(duties) or Duty.AUDITOR in duties:
        raise refusals.not_held(cmd.giver)
    if cmd.taker == cmd.giver or cmd.taker not in cmd.colleagues:
        raise refusals.not_a_colleague()
    event = DutyDelegated(
        delegation=cmd.delegation,
        unit=cmd.unit,
        giver=cmd.giver,
        taker=cmd.taker,
        duties=duties,
        since=cmd.since,
        until=cmd.until,
        reason=cmd.reason,
        by=cmd.by,
        at=now,
    )
    if state is not None:
        if isinstance(state, InForce) and event == state.event.model_copy(update={"by": cmd.by, "at": now}):
            return []
        raise refusals.id_taken()
    if not local_date(now) <= cmd.since <= cmd.until <= cmd.since + MAX_LENGTH:
        raise refusals.bad_period()
    return [event]


@clause("SC-1.3")
def withdraw(state: State, cmd: Withdraw, rules: Rules, now: datetime) -> list[Event]:
    """Takes hold at once; a second withdrawal changes nothing."""
    match state:
        case None:
            raise refusals.unknown_delegation()
        case Withdrawn():
            return []
        case InForce(event):
            return [
                DelegationWithdrawn(
                    delegation=event.delegation, unit=event.unit, since=local_date(now), by=cmd.by, at=now
                )
            ]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event, state:
        case DutyDelegated(), _:
            return InForce(event)
        case DelegationWithdrawn(), InForce(given):
            return Withdrawn(given)
        case _:
            return state
