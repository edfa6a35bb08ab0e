"""Simulating a year: no day begins before the timers due on it have fired, none ends before the backlog is empty."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gongkai.demo.backlog import Backlog, BacklogMonitor
from gongkai.demo.clock import at_nine
from gongkai.demo.context import DemoContext
from gongkai.demo.database import Database
from gongkai.demo.district import district
from gongkai.demo.driver import YearDriver, ignore_progress
from gongkai.demo.http_client import HttpResponse
from gongkai.demo.people import CommandRefused, People
from gongkai.demo.tasks import Command, Task
from gongkai.demo.workdays import Workdays
from gongkai.demo.year import Year

FIRST, LAST = date(2025, 1, 2), date(2025, 1, 6)
diary: list[str] = []  # what happened, in order


class Clock(Database):
    """A simulated clock that exists already."""

    def __init__(self, today: date) -> None:
        self.moment = at_nine(today)

    async def row(self, sql: str, *values: Any) -> Any:
        return {"moment": self.moment}

    async def execute(self, sql: str, *values: Any) -> None:
        assert isinstance(values[0], datetime)
        diary.append(f"{values[0].date()}")


class EmptyBacklog(BacklogMonitor):
    def __init__(self) -> None:
        pass

    async def wait_until_empty(self, stuck_after: float = 0) -> Backlog:
        diary.append("empty")
        return Backlog(0, 0, 0, ())


class RecordedCommands(People):
    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses

    async def send(self, command: Command) -> dict[str, Any]:
        if command.path == self.refuses:
            raise CommandRefused(command.path, HttpResponse(409, b"{}"))
        diary.append(command.path)
        return {}


def task(path: str) -> Task:
    return Task("review", (Command("review", path, "somebody", {}, UUID(int=0)),))


def driver(today: date, people: People) -> YearDriver:
    context = DemoContext(1, district()[:2], Workdays(FIRST, LAST))
    agenda = {FIRST: (task("/one"),), LAST: (task("/two"),)}
    return YearDriver(
        Year(context, context.units, agenda),
        Clock(today),
        EmptyBacklog(),
        people,
        "http://portal",
        ignore_progress,
    )


@pytest.fixture(autouse=True)
def _fresh_diary() -> None:
    diary.clear()


async def test_units_come_first_and_every_day_ends_with_an_empty_backlog() -> None:
    await driver(FIRST, RecordedCommands()).run()
    assert diary == [
        *("/units", "/units", "empty"),
        *("2025-01-02", "empty", "/one", "empty"),
        *("2025-01-03", "empty", "2025-01-04", "empty", "2025-01-05", "empty"),
        *("2025-01-06", "empty", "/two", "empty"),
    ]


async def test_a_run_that_was_stopped_goes_on_with_the_day_it_was_at() -> None:
    going_on = driver(LAST - timedelta(1), RecordedCommands())
    await going_on.run()
    assert diary == ["2025-01-05", "empty", "2025-01-06", "empty", "/two", "empty"]
    assert going_on.done == Counter(review=2)


async def test_a_refusal_ends_the_run_by_its_own_name() -> None:
    with pytest.raises(CommandRefused, match="/two: 409"):
        await driver(LAST, RecordedCommands(refuses="/two")).run()
