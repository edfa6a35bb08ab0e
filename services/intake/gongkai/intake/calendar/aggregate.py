"""法定节假日: the notices of the State Council that were entered here, in the order of their entry (GT-count)."""

from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Refused
from gongkai.contracts.events import Event, HolidaysAnnounced, PersonId
from gongkai.rules import Rules
from gongkai.rules.calendar import Notice, announced_holidays, notice_faults, with_announced
from gongkai.rules.local_time import local_date
from gongkai.rules.rule_file import Where

# -- state


@dataclass(frozen=True, slots=True)
class Announced:
    """The notices entered here, oldest first; not those that this version of the software ships."""

    events: tuple[HolidaysAnnounced, ...]


State = Announced | None

# -- commands


@dataclass(frozen=True, slots=True)
class Announce:
    """Enter a notice, or correct one that was entered: by its number or its day."""

    notice: Notice
    by: PersonId


# -- decide


@clause("GT-count")
def announce(state: State, cmd: Announce, rules: Rules, now: datetime) -> list[Event]:
    """Refused when the notice contradicts itself or the calendar; no event when the same notice is known."""
    known = with_announced(rules.calendar, state.events if state is not None else ())
    if cmd.notice in known.notices:
        return []
    for found in notice_faults(cmd.notice, known, local_date(now)):
        raise Refused(found.code, "GT-count", found.says, field=_pointer(found.where))
    return [
        HolidaysAnnounced(
            year=cmd.notice.year,
            number=cmd.notice.number,
            dated=cmd.notice.dated,
            title=cmd.notice.title,
            holidays=announced_holidays(cmd.notice),
            calendar=known.with_year(cmd.notice).version,
            by=cmd.by,
            at=now,
        )
    ]


def _pointer(where: Where) -> str:
    return "".join(f"/{step}" for step in where)


# -- evolve


def evolve(state: State, event: Event) -> State:
    match event:
        case HolidaysAnnounced():
            return Announced((*(state.events if state is not None else ()), event))
        case _:
            return state
