"""Where the demo plays: seed, units, days. All chance and all ids come from here, so the same seed is the same year."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

from gongkai.contracts.derived import derived
from gongkai.demo.unit import Unit
from gongkai.demo.workdays import Workdays

_DEMO: Final = UUID("6f6e676b-6169-4465-8d6f-000000000000")


@dataclass(frozen=True, slots=True)
class Scene:
    seed: int
    units: tuple[Unit, ...]
    days: Workdays

    def acting(self, unit: Unit, day: date | None) -> Unit:
        """The unit itself, or who carries its affairs on that day (SC-A1.3)."""
        if unit.ends is None or day is None or day < unit.ends:
            return unit
        return next(other for other in self.units if other.id == unit.successor)

    def dice(self, *what: object) -> Random:
        """Chance of its own for everything, so that no life changes another's."""
        return Random(self._name(what))  # noqa: S311 - for a play, not for a secret

    def key(self, *what: object) -> UUID:
        """The id of a command."""
        return derived(_DEMO, self._name(what))

    def _name(self, what: tuple[object, ...]) -> str:
        return "/".join(map(str, (self.seed, *what)))
