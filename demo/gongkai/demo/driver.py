"""Runs the simulated year: advance the clock, let due timers fire, do the day's tasks, wait until the backlog is empty."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from gongkai.demo import clock, public
from gongkai.demo.backlog import BacklogMonitor
from gongkai.demo.database import Database
from gongkai.demo.people import People
from gongkai.demo.tasks import Command, PortalForm, Signature, Task
from gongkai.demo.year import Year

CONCURRENT: Final = 16  # tasks under way together


class ProgressListener(Protocol):
    """Called after each day."""

    def __call__(self, day: date, done: Counter[str]) -> None: ...


@dataclass(slots=True)
class YearDriver:
    """May be stopped at any moment and run again: the clock says where it was, and commands are idempotent."""

    year: Year
    ledger: Database
    monitor: BacklogMonitor
    people: People
    portal: str
    on_day: ProgressListener
    done: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        """From the day that the clock shows to the last one."""
        today = await clock.today(self.ledger)
        assert today is not None
        if today == self.year.context.days.first:
            await self._register()
        for day in self.year.context.days.all:
            tasks = self.year.agenda.get(day, ())
            if day < today:
                self.done.update(task.kind for task in tasks)
                continue
            await clock.advance(self.ledger, day)
            await (
                self.monitor.wait_until_empty()
            )  # timers due on that day, and what follows from them, come first
            if tasks:
                await self._work(tasks)
                await self.monitor.wait_until_empty()
            self.on_day(day, self.done)

    async def _register(self) -> None:
        for unit in self.year.units:
            entry = Command(
                "intake", "/units", "registrar", unit.entry(), self.year.context.command_id("unit", unit.id)
            )
            await self.people.send(entry)
        await self.monitor.wait_until_empty()

    async def _work(self, tasks: Iterable[Task]) -> None:
        waiting = iter(tasks)

        async def worker() -> None:
            for task in waiting:
                await self._do(task)
                self.done[task.kind] += 1

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(CONCURRENT):
                    group.create_task(worker())
        except ExceptionGroup as several:  # not `except*`: Python 3.11.2 wraps what is raised in it
            raise several.exceptions[0] from None  # the first says it all

    async def _do(self, task: Task) -> None:
        for step in task.steps:
            match step:
                case Command():
                    await self.people.send(step)
                case PortalForm():
                    await public.submit_application(self.portal, step)
                case Signature():
                    await self.people.sign(step)


def ignore_progress(day: date, done: Counter[str]) -> None:
    """For a run without a display."""
