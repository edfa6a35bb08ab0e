"""Duties handed on during leave: a fold of their events. Who acts for whom, on which day (SC-1.3)."""

from dataclasses import dataclass, field
from datetime import date

from gongkai.contracts.events import DelegationWithdrawn, DutyDelegated, Event


@dataclass(slots=True)
class Delegations:
    """Delegations by id. Mutated by `apply` only."""

    given: dict[str, DutyDelegated] = field(default_factory=dict)
    withdrawn: dict[str, DelegationWithdrawn] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        match event:
            case DutyDelegated():
                self.given[event.delegation] = event
            case DelegationWithdrawn():
                self.withdrawn[event.delegation] = event

    def in_force(self, on: date) -> list[DutyDelegated]:
        """Those of that day; one that was withdrawn holds no more from the day of its withdrawal on."""
        return [
            each
            for each in self.given.values()
            if each.since <= on <= each.until and not self._ended(each, on)
        ]

    def _ended(self, given: DutyDelegated, on: date) -> bool:
        end = self.withdrawn.get(given.delegation)
        return end is not None and end.since <= on
