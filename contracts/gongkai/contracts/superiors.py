"""Who stands above a unit: its government and its vertical superior, and who of them leads (SC-1.2, HZ-A4d)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Management, StandingRole, UnitKind

Line = Literal["government", "superior"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step up: to which unit, over which line."""

    unit: str
    line: Line


@dataclass(frozen=True, slots=True)
class CommonSuperior:
    """The lowest unit above both, and the way there from either, the last step being the unit itself."""

    unit: str
    ways: tuple[tuple[Step, ...], tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Leading:
    """Who leads a unit's disclosure and who guides it; None where the register knows nobody."""

    leads: str | None
    guides: str | None


def above(register: Register, entry: UnitRegistered) -> list[Step]:
    """One step up over both lines, the leading one first. An ended superior's place is its successor's."""
    lines: list[tuple[Line, str | None]] = [("government", entry.government), ("superior", entry.superior)]
    if entry.managed is Management.VERTICAL:
        lines.reverse()
    steps = ((line, register.owner(unit)) for line, unit in lines if unit)
    return [Step(unit, line) for line, unit in steps if unit and unit != entry.unit]


@clause("SC-1.2")
def common_superior(register: Register, a: str, b: str, on: date | None = None) -> CommonSuperior | None:
    """共同的上一级行政机关 over both lines: the one with the fewest steps up from both; None when they share none.

    Of two that are as near, the one over the leading lines counts. A unit isn't its own superior.
    """
    known = register.as_of(on)
    ways_a, ways_b = dict(_ways(known, a)), dict(_ways(known, b))
    shared = [unit for unit in ways_a if unit in ways_b]
    if not shared:
        return None
    nearest = min(shared, key=lambda unit: len(ways_a[unit]) + len(ways_b[unit]))
    return CommonSuperior(nearest, (ways_a[nearest], ways_b[nearest]))


def _ways(register: Register, unit: str) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Each unit above, with the shortest way up to it; nearest first."""
    start = register.owner(unit)
    waiting: list[tuple[str, tuple[Step, ...]]] = [(start, ())] if start else []
    seen = {start}
    while waiting:
        here, way = waiting.pop(0)
        entry = register.unit(here)
        for step in above(register, entry) if entry else ():
            if step.unit not in seen:
                seen.add(step.unit)
                yield step.unit, (*way, step)
                waiting.append((step.unit, (*way, step)))


@clause("SC-1.2", "HZ-A4d")
def leading(register: Register, unit: str, on: date | None = None) -> Leading:
    """Vertical: the superior leads, the place's authority guides. Dual: the other way round. Local: the government
    leads and its authority guides; a township's government acts under the one above it. KeyError: unknown unit.
    """
    known = register.as_of(on)
    entry = known.unit(unit)
    if entry is None:
        raise KeyError(unit)
    government = known.owner(entry.government) if entry.government else None
    superior = known.owner(entry.superior) if entry.superior else None
    match entry.managed:
        case Management.VERTICAL:
            return Leading(superior, authority(known, government) or government)
        case Management.DUAL:
            return Leading(government, superior)
        case _:
            guides = authority(known, government)
            return Leading(government, guides if guides != unit else None)


@clause("HZ-A4d")
def authority(register: Register, government: str | None, on: date | None = None) -> str | None:
    """The disclosure authority of a government: its own office at city and county level, the one above for a township."""
    known, seen = register.as_of(on), set[str]()
    while government and government not in seen:
        seen.add(government)
        for unit in known.units.values():
            if StandingRole.AUTHORITY in unit.roles and government in (unit.government, unit.unit):
                return unit.unit
        entry = known.unit(government)
        if entry is None or entry.kind is not UnitKind.TOWNSHIP:
            return None
        government = entry.government
    return None
