"""个人信息删除: one person who has applied, until the key to his or her data is destroyed (GT-register)."""

from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import ApplicantErased, Event, Id, PersonId
from gongkai.contracts.vocabulary import ErasureGround
from gongkai.intake.applicants import refusals
from gongkai.rules import Rules

# -- state


@dataclass(frozen=True, slots=True)
class Erased:
    """Final: the person's data can't be read any more."""

    event: ApplicantErased


State = Erased | None

# -- commands


@dataclass(frozen=True, slots=True)
class Erase:
    """Destroy the person's key. `unanswered`: how many of the person's applications still wait for their answer."""

    person: Id
    application: Id
    unit: Id
    ground: ErasureGround
    unanswered: int
    by: PersonId


# -- decide


@clause("GT-register")
def erase(state: State, cmd: Erase, rules: Rules, now: datetime) -> list[Event]:
    """Refused while an application is open: nobody could answer it. No event for one who is erased already."""
    if state is not None:
        return []
    if cmd.unanswered:
        raise refusals.still_unanswered(cmd.unanswered)
    return [
        ApplicantErased(
            person=cmd.person,
            application=cmd.application,
            unit=cmd.unit,
            ground=cmd.ground,
            by=cmd.by,
            at=now,
        )
    ]


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case ApplicantErased():
            return state or Erased(event)
        case _:
            return state
