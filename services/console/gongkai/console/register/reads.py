"""The register as its pages show it: a tree by government, filtered, as of a day, with the gaps of each unit (SC-1.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.register_gaps import RegisterGap, find_gaps

DEEPEST = 6  # levels of indentation


@dataclass(frozen=True, slots=True)
class RegisterFilters:
    """The filters of the list, as in the query of the address."""

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
    gaps: tuple[RegisterGap, ...]


def listing(register: Register, filters: RegisterFilters) -> list[Row]:
    """The units that match the filters, each below its government."""
    lacking: dict[str, list[RegisterGap]] = {}
    for gap in find_gaps(register):
        lacking.setdefault(gap.unit, []).append(gap)
    rows = (Row(entry, depth, tuple(lacking.get(entry.unit, ()))) for entry, depth in tree(register))
    return [row for row in rows if _matches(row, filters)]


def tree(register: Register) -> Iterator[tuple[UnitRegistered, int]]:
    """Every unit once, below its government, in the order of the register."""
    below: dict[str | None, list[UnitRegistered]] = {}
    for entry in register.units.values():
        government = register.owner(entry.government) if entry.government else None
        below.setdefault(government if government != entry.unit else None, []).append(entry)
    listed: set[str] = set()

    def walk(government: str | None, depth: int) -> Iterator[tuple[UnitRegistered, int]]:
        for entry in below.get(government, ()):
            if entry.unit not in listed:
                listed.add(entry.unit)
                yield entry, min(depth, DEEPEST)
                yield from walk(entry.unit, depth + 1)

    yield from walk(None, 0)
    for entry in register.units.values():  # units whose governments form a cycle
        if entry.unit not in listed:
            listed.add(entry.unit)
            yield entry, 0


def _matches(row: Row, filters: RegisterFilters) -> bool:
    entry, q = row.entry, filters.q.strip().lower()
    return (
        (not q or q in entry.name.lower() or q in entry.unit)
        and (not filters.kind or entry.kind == filters.kind)
        and (not filters.role or filters.role in entry.roles)
        and (not filters.lacking or bool(row.gaps))
    )
