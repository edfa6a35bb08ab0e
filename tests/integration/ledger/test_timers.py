"""Timers: what is due is issued once, despite crashes and a clock that is set back, and moves when its basis changes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from gongkai.contracts.envelope import Record
from gongkai.ledger import read, refold, timers
from gongkai.ledger.acts_since import Since
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import Intent, carry_out
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.refold import Refolding
from gongkai.ledger.subscribe import Subscription
from gongkai.ledger.timers import Due, Timers
from tests.integration.ledger.conftest import COUNTER, INTAKE, NOW, PARTITIONS, Counted, count, number, wall

SETTLES, LATE = 0, 100  # what a stream says when nothing is due any more


def day(n: int) -> datetime:
    return NOW + timedelta(days=n)


@dataclass
class Ticks:
    """A stream that says n is due n days later, by a calendar in which each day counts `factor` times."""

    pool: Any
    appender: Appender
    factor: int = 1
    refused: set[str] = field(default_factory=set)
    dies: bool = False

    @property
    def basis(self) -> str:
        return f"factor {self.factor}"

    @property
    def kinds(self) -> Mapping[str, Since]:
        return {"tick": Since.FIRST_EVENT}

    def opens(self, record: Record) -> bool:
        return number(record) not in (SETTLES, LATE)

    async def refolded(self) -> None:
        """Nobody changed what is counted with."""

    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        for what in batch:
            n = number(what.record)
            if n in (SETTLES, LATE):
                await timers.drop(conn, "tick", what.record.subject)
            else:
                await timers.put(conn, Due("tick", what.record.subject, day(n * self.factor)))

    async def issue(self, due: Due, now: datetime) -> None:
        if due.stream in self.refused:
            raise ValueError("not yet")
        intent = Intent(due.command, due.stream, COUNTER, lambda _: [Counted(LATE)])
        await carry_out(self.pool, self.appender, INTAKE, intent, now)
        if self.dies:
            raise ConnectionError("killed after the command, before the note")


@dataclass
class Clock:
    at: datetime = NOW

    async def now(self, _: Any) -> datetime:
        return self.at


@pytest.fixture
def ticks(pool: Any, appender: Appender) -> Ticks:
    return Ticks(pool, appender)


@pytest.fixture
async def here(pool: Any, ticks: Ticks) -> Subscription:
    made = Subscription("intake", pool, [INTAKE], PARTITIONS, wall, handlers=[ticks])
    await made.open()
    return made


async def say(ticks: Ticks, here: Subscription, stream: str, n: int) -> None:
    done = await carry_out(ticks.pool, ticks.appender, INTAKE, count(stream, n), NOW)
    assert done.place
    assert await here.wait_for(done.place)


def process(ticks: Ticks, clock: Clock) -> Timers:
    return Timers("", ticks.pool, clock.now, ticks.issue, ticks.refolded)


async def said_late(pool: Any) -> list[str]:
    """Streams for which something fell due, once for each time."""
    entries = await read.after(pool, INTAKE, -1, 1000)
    return sorted(e.stream for e in entries if number(e.record) == LATE)


async def table(pool: Any) -> dict[str, tuple[int, bool]]:
    """Open timers: when, in days from now, and whether it was issued."""
    rows = await pool.fetch("SELECT stream, due_at, fired FROM timer")
    return {row["stream"]: ((row["due_at"] - NOW).days, row["fired"]) for row in rows}


async def test_what_is_due_is_issued_once_whoever_dies(ticks: Ticks, here: Subscription) -> None:
    await say(ticks, here, "a", 2)
    clock = Clock(day(3))
    ticks.dies = True
    with pytest.raises(ConnectionError):
        await process(ticks, clock).fire()
    assert await table(ticks.pool) == {"a": (2, False)}
    ticks.dies = False
    await asyncio.gather(*(process(ticks, clock).fire() for _ in range(3)))  # replicas
    assert await said_late(ticks.pool) == ["a"]
    await here.wait_for((await read.after(ticks.pool, INTAKE, 0))[0].place)
    assert await process(ticks, clock).fire() == 0


async def test_a_clock_set_back_issues_nothing_twice_and_loses_nothing(
    ticks: Ticks, here: Subscription
) -> None:
    await say(ticks, here, "a", 2)
    await say(ticks, here, "b", 5)
    clock = Clock(day(3))
    running = process(ticks, clock)
    assert await running.fire() == 1
    clock.at = day(1)
    assert await running.fire() == 0
    assert await process(ticks, clock).fire() == 0
    await say(ticks, here, "c", 2)  # due before the moment that had been reached
    assert await running.fire() == 0
    clock.at = day(6)
    assert await running.fire() == 2
    assert await said_late(ticks.pool) == ["a", "b", "c"]
    committed = [e.committed_at for e in await read.after(ticks.pool, INTAKE, -1)]
    assert committed == sorted(committed)


async def test_one_that_is_refused_hinders_no_other_and_is_tried_again(
    ticks: Ticks, here: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "RETRY", (0.0,))
    for stream, due in (("a", 1), ("b", 2), ("c", 3)):
        await say(ticks, here, stream, due)
    ticks.refused = {"a"}
    running = process(ticks, Clock(day(9)))
    with monkeypatch.context() as patch:
        patch.setattr(timers, "RETRY", (3600.0,))
        assert await running.fire() == 2
    assert await said_late(ticks.pool) == ["b", "c"]
    ticks.refused.clear()
    assert await process(ticks, Clock(day(9))).fire() == 1
    assert await said_late(ticks.pool) == ["a", "b", "c"]


async def test_another_calendar_moves_what_is_open_and_leaves_what_is_judged(
    ticks: Ticks, here: Subscription
) -> None:
    for stream, due in (("open", 4), ("answered", 4), ("late", 1), ("issued", 2)):
        await say(ticks, here, stream, due)
    await say(ticks, here, "answered", SETTLES)
    clock = Clock(day(1))
    assert await process(ticks, clock).fire() == 1
    await here.wait_for((await read.after(ticks.pool, INTAKE, 4))[0].place)
    await ticks.pool.execute("UPDATE timer SET fired = true WHERE stream = 'issued'")
    assert await table(ticks.pool) == {"open": (4, False), "issued": (2, True)}

    assert await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks) == 0  # the first time
    assert await table(ticks.pool) == {"open": (4, False), "issued": (2, True)}
    assert await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks) is None
    ticks.factor = 2
    assert await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks) == 2
    assert await table(ticks.pool) == {"open": (8, False), "issued": (4, False)}
    assert await process(ticks, Clock(day(5))).fire() == 1  # by the new calendar
    assert await said_late(ticks.pool) == ["issued", "late"]


async def test_a_fold_of_timers_goes_as_far_as_the_subscription_and_no_further(
    ticks: Ticks, here: Subscription
) -> None:
    await say(ticks, here, "a", 2)
    await carry_out(ticks.pool, ticks.appender, INTAKE, count("a", SETTLES), NOW)  # not seen yet
    await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)
    assert await table(ticks.pool) == {"a": (2, False)}


async def test_a_fold_that_ends_in_between_goes_on_from_there_and_holds_nobody_up(
    ticks: Ticks, here: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 8):
        await say(ticks, here, f"s{n}", n)
    await say(ticks, here, "s2", SETTLES)
    await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)
    ticks.factor = 2
    monkeypatch.setattr(refold, "BATCH", 3)
    batches = 0

    def dies(point: str) -> None:
        nonlocal batches
        batches += point == "timers.refolded"
        if batches == 2:
            raise ConnectionError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(refold, "reach", dies)
        with pytest.raises(ConnectionError):
            await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)
    moved = {stream: due for stream, (due, _) in (await table(ticks.pool)).items()}
    assert moved == {"s1": 2, "s3": 6, "s4": 8, "s5": 10, "s6": 12, "s7": 7}
    await say(ticks, here, "s8", 8)  # the service works meanwhile
    again = Refolding(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)
    asked = await ticks.pool.fetchval("SELECT position FROM timer_refold")
    assert asked == 5
    await asyncio.gather(again(), Refolding(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)())  # replicas
    assert {s: due for s, (due, _) in (await table(ticks.pool)).items()} == {
        f"s{n}": 2 * n for n in (1, 3, 4, 5, 6, 7, 8)
    }
    assert await ticks.pool.fetchval("SELECT count(*) FROM timer_refold") == 0
    assert await timers.computed_with(ticks.pool) == "factor 2"


async def test_a_basis_that_comes_back_mends_what_another_fold_left_undone(
    ticks: Ticks, here: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 4):
        await say(ticks, here, f"s{n}", n)
    await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)
    ticks.factor = 2
    monkeypatch.setattr(refold, "BATCH", 1)
    with monkeypatch.context() as patch:
        patch.setattr(refold, "reach", _killed)
        with pytest.raises(ConnectionError):
            await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks)
    assert await table(ticks.pool) == {"s1": (2, False), "s2": (2, False), "s3": (3, False)}
    ticks.factor = 1  # the release before is started again
    assert await refold.refold(ticks.pool, "intake", [INTAKE], PARTITIONS, ticks) == 1
    assert await table(ticks.pool) == {"s1": (1, False), "s2": (2, False), "s3": (3, False)}


def _killed(point: str) -> None:
    raise ConnectionError(f"killed at {point}")
