"""Playing the year: move the clock, let time's own facts happen, do the day's errands, wait until all is quiet."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from gongkai.demo import clock, public
from gongkai.demo.backlog import Idle
from gongkai.demo.database import Database
from gongkai.demo.people import People
from gongkai.demo.tasks import Errand, Form, Say
from gongkai.demo.year import Year

AT_ONCE: Final = 16  # errands under way together


class Watching(Protocol):
    """Who is told how far the year is."""

    def __call__(self, day: date, done: Counter[str]) -> None: ...


@dataclass(slots=True)
class Play:
    """The driver. It may be ended at any moment and begun again: the clock says where it was, and what has been
    said already is heard as said twice and meant once."""

    year: Year
    ledger: Database
    idle: Idle
    people: People
    portal: str
    watching: Watching
    done: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """From the day that the clock shows to the last one."""
        today = await clock.made(self.ledger)
        assert today is not None
        if today == self.year.scene.days.first:
            await self._register()
        for day in self.year.scene.days.all:
            errands = self.year.agenda.get(day, ())
            if day < today:
                self.done.update(errand.kind for errand in errands)
                continue
            await clock.move(self.ledger, day)
            await self.idle.reached()  # what fell due with the night, and what follows from it, comes first
            if errands:
                await self._work(errands)
                await self.idle.reached()
            self.watching(day, self.done)

    async def _register(self) -> None:
        for unit in self.year.units:
            entry = Say("intake", "/units", "registrar", unit.entry(), self.year.scene.key("unit", unit.id))
            await self.people.say(entry)
        await self.idle.reached()

    async def _work(self, errands: Iterable[Errand]) -> None:
        waiting = iter(errands)

        async def hand() -> None:
            for errand in waiting:
                await self._do(errand)
                self.done[errand.kind] += 1

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(hand())
        except* Exception as several:
            raise several.exceptions[0] from None  # the first says it all

    async def _do(self, errand: Errand) -> None:
        for step in errand.steps:
            match step:
                case Say():
                    await self.people.say(step)
                case Form():
                    await public.hand_in(self.portal, step)


def quietly(day: date, done: Counter[str]) -> None:
    """Nobody watches."""
