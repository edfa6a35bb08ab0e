"""Seed, units and days of the demo. All random choices and all ids come from here: the same seed gives the same year."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

from gongkai.contracts.derived_ids import derived_id
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import Workdays

_DEMO: Final = UUID("6f6e676b-6169-4465-8d6f-000000000000")


@dataclass(frozen=True, slots=True)
class DemoContext:
    seed: int
    units: tuple[Unit, ...]
    days: Workdays

    def acting(self, unit: Unit, day: date | None) -> Unit:
        """The unit itself, or who carries its affairs on that day (SC-A1.3)."""
        if unit.ends is None or day is None or day < unit.ends:
            return unit
        return next(other for other in self.units if other.id == unit.successor)

    def random(self, *what: object) -> Random:
        """A generator of its own for everything, so that one case doesn't change another's."""
        return Random(self._name(what))  # noqa: S311 - for a simulation, not for a secret

    def command_id(self, *what: object) -> UUID:
        return derived_id(_DEMO, self._name(what))

    def _name(self, what: tuple[object, ...]) -> str:
        return "/".join(map(str, (self.seed, *what)))
