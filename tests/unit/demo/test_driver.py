"""Playing a year: no day begins before the night's facts are in, no day ends before all is quiet."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gongkai.demo.backlog import Idle, Look
from gongkai.demo.clock import morning
from gongkai.demo.context import Scene
from gongkai.demo.database import Database
from gongkai.demo.district import district
from gongkai.demo.driver import Play, quietly
from gongkai.demo.http_client import Answer
from gongkai.demo.people import NotDone, People
from gongkai.demo.tasks import Errand, Say
from gongkai.demo.workdays import Workdays
from gongkai.demo.year import Year

FIRST, LAST = date(2025, 1, 2), date(2025, 1, 6)
diary: list[str] = []  # what happened, in order


class Clock(Database):
    """One that is made already."""

    def __init__(self, today: date) -> None:
        self.moment = morning(today)

    async def row(self, sql: str, *values: Any) -> Any:
        return {"moment": self.moment}

    async def execute(self, sql: str, *values: Any) -> None:
        assert isinstance(values[0], datetime)
        diary.append(f"{values[0].date()}")


class Quiet(Idle):
    def __init__(self) -> None:
        pass

    async def reached(self, patience: float = 0) -> Look:
        diary.append("quiet")
        return Look(0, 0, 0, ())


class Heard(People):
    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses

    async def say(self, command: Say) -> dict[str, Any]:
        if command.path == self.refuses:
            raise NotDone(command.path, Answer(409, b"{}"))
        diary.append(command.path)
        return {}


def errand(path: str) -> Errand:
    return Errand("review", (Say("review", path, "somebody", {}, UUID(int=0)),))


def play(today: date, people: People) -> Play:
    scene = Scene(1, district()[:2], Workdays(FIRST, LAST))
    agenda = {FIRST: (errand("/one"),), LAST: (errand("/two"),)}
    return Play(Year(scene, scene.units, agenda), Clock(today), Quiet(), people, "http://portal", quietly)


@pytest.fixture(autouse=True)
def _fresh_diary() -> None:
    diary.clear()


async def test_units_come_first_and_every_day_ends_quiet() -> None:
    await play(FIRST, Heard()).run()
    assert diary == [
        *("/units", "/units", "quiet"),
        *("2025-01-02", "quiet", "/one", "quiet"),
        *("2025-01-03", "quiet", "2025-01-04", "quiet", "2025-01-05", "quiet"),
        *("2025-01-06", "quiet", "/two", "quiet"),
    ]


async def test_a_play_that_was_ended_goes_on_with_the_day_it_was_at() -> None:
    going_on = play(LAST - timedelta(1), Heard())
    await going_on.run()
    assert diary == ["2025-01-05", "quiet", "2025-01-06", "quiet", "/two", "quiet"]
    assert going_on.done == Counter(review=2)


async def test_a_refusal_ends_the_play_by_its_own_name() -> None:
    with pytest.raises(NotDone, match="/two: 409"):
        await play(LAST, Heard(refuses="/two")).run()
