"""The demo's year: its days, and its working days by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Final

from gongkai.rules.calendar import official

YEAR: Final = 2025  # and the next year's holiday notice is known, so that every deadline is


@dataclass(frozen=True)
class Workdays:
    first: date = date(YEAR, 1, 2)
    last: date = date(YEAR, 12, 31)

    @cached_property
    def all(self) -> tuple[date, ...]:
        """Every day."""
        return tuple(self.first + timedelta(n) for n in range((self.last - self.first).days + 1))

    @cached_property
    def working(self) -> tuple[date, ...]:
        return tuple(day for day in self.all if official().is_working_day(day))

    @cached_property
    def rest(self) -> tuple[date, ...]:
        return tuple(day for day in self.all if not official().is_working_day(day))

    def at(self, number: int) -> date | None:
        """The working day with that number, from 0; None past the end of the year."""
        return self.working[number] if 0 <= number < len(self.working) else None

    def number_of(self, day: date) -> int:
        """Of the last working day up to `day`; -1 before the first."""
        return sum(known <= day for known in self.working) - 1

    def slots(self, count: int) -> list[int]:
        """Numbers of working days for `count` things spread evenly over the year, in order of time."""
        return [n * len(self.working) // count for n in range(count)]


def share(count: int, part: float) -> int:
    """How many of `count` are `part` of them, at least one of any."""
    return min(count, max(1, round(count * part)))


def sample(random: Random, pool: Sequence[int], count: int) -> list[int]:
    """So many of the pool, by chance; all of it where it is smaller."""
    return random.sample(pool, min(count, len(pool)))
