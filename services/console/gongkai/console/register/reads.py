"""The register as its pages show it: a tree by government, narrowed, as of a day, with the gaps of each unit (SC-1.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.gaps import Gap, gaps
from gongkai.contracts.register import Register

DEEPEST = 6  # levels of indentation


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; all of it stands in the address."""

    q: str = ""
    kind: str = ""
    role: str = ""
    lacking: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A unit in the tree. `depth`: governments above it in the list."""

    entry: UnitRegistered
    depth: int
    gaps: tuple[Gap, ...]


def listing(register: Register, wanted: Wanted) -> list[Row]:
    """The units that the address asks for, each below its government."""
    lacking: dict[str, list[Gap]] = {}
    for gap in gaps(register):
        lacking.setdefault(gap.unit, []).append(gap)
    rows = (Row(entry, depth, tuple(lacking.get(entry.unit, ()))) for entry, depth in tree(register))
    return [row for row in rows if _asked(row, wanted)]


def tree(register: Register) -> Iterator[tuple[UnitRegistered, int]]:
    """Every unit once, below its government, in the order of the register."""
    below: dict[str | None, list[UnitRegistered]] = {}
    for entry in register.units.values():
        government = register.owner(entry.government) if entry.government else None
        below.setdefault(government if government != entry.unit else None, []).append(entry)
    told: set[str] = set()

    def walk(government: str | None, depth: int) -> Iterator[tuple[UnitRegistered, int]]:
        for entry in below.get(government, ()):
            if entry.unit not in told:
                told.add(entry.unit)
                yield entry, min(depth, DEEPEST)
                yield from walk(entry.unit, depth + 1)

    yield from walk(None, 0)
    for entry in register.units.values():  # those above each other in a circle
        if entry.unit not in told:
            told.add(entry.unit)
            yield entry, 0


def _asked(row: Row, wanted: Wanted) -> bool:
    entry, q = row.entry, wanted.q.strip().lower()
    return (
        (not q or q in entry.name.lower() or q in entry.unit)
        and (not wanted.kind or entry.kind == wanted.kind)
        and (not wanted.role or wanted.role in entry.roles)
        and (not wanted.lacking or bool(row.gaps))
    )
