"""The register of units: a fold of their events. Who held which role, and whose rules apply (SC-1.1, SC-1.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from gongkai.contracts.events import Event, Officer, UnitRegistered
from gongkai.contracts.vocabulary import Duty, StandingRole


@dataclass(frozen=True, slots=True)
class Holding:
    """A person's duties in one unit."""

    unit: str
    name: str
    duties: frozenset[Duty]


@dataclass(slots=True)
class Register:
    """Units by id, and who holds what in them. Mutated by `apply` only."""

    units: dict[str, UnitRegistered] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        if isinstance(event, UnitRegistered):
            self.units[event.unit] = event

    def unit(self, unit: str) -> UnitRegistered | None:
        return self.units.get(unit)

    def jurisdiction(self, unit: str) -> str:
        """Id of the jurisdiction that picks the unit's rulebook. KeyError for an unknown unit."""
        return self.units[unit].jurisdiction

    def holdings(self, person: str) -> list[Holding]:
        return [
            Holding(unit.unit, officer.name, frozenset(officer.duties))
            for unit in self.units.values()
            for officer in unit.officers
            if officer.person == person
        ]

    def has_duty(self, person: str, unit: str, *duties: Duty) -> bool:
        """True when the person holds any of the duties in that unit."""
        entry = self.units.get(unit)
        officers: Iterable[Officer] = entry.officers if entry else ()
        return any(o.person == person and not set(duties).isdisjoint(o.duties) for o in officers)

    def stands_for(self, person: str, role: StandingRole) -> bool:
        """True when the person is an officer of a unit that holds the standing role."""
        return any(
            role in unit.roles and any(o.person == person for o in unit.officers)
            for unit in self.units.values()
        )
