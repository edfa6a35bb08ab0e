"""Commands become events in one way, alone or in a batch: each on what those before it decided, and on nothing that moved."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gongkai.ledger import read
from gongkai.ledger.append import Appender, append
from gongkai.ledger.decider import (
    BatchDecider,
    Contended,
    Intent,
    NotAfter,
    Outcome,
    Reading,
    carry_out,
    carry_out_all,
    write_of,
)
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.streams import GuardedReader
from gongkai.ledger.subscribe import Subscription
from tests.integration.ledger.conftest import (
    COUNTER,
    INTAKE,
    NOW,
    PARTITIONS,
    REVIEW,
    Counted,
    count,
    number,
    wall,
)

LATER = NOW + timedelta(minutes=1)
Decide = Callable[[int, GuardedReader], Awaitable[Sequence[Counted]]]


def total_of(*others: str, meanwhile: Callable[[], Awaitable[object]] | None = None) -> Reading[int]:
    """Decides the sum of the stream itself and of others. `meanwhile` happens once, after they were read."""
    waiting = [] if meanwhile is None else [meanwhile]

    async def decide(state: int, reader: GuardedReader) -> Sequence[Counted]:
        total = state + sum([await reader.fold(other, COUNTER) for other in others])
        if waiting:
            await waiting.pop()()
        return [Counted(total)]

    return Reading(decide)


def sums(stream: str, decide: Reading[int], command: UUID | None = None) -> Intent[int]:
    return Intent(command or uuid4(), stream, COUNTER, decide)


def doubles(stream: str, command: UUID | None = None) -> Intent[int]:
    return Intent(command or uuid4(), stream, COUNTER, lambda state: [Counted(state)])


def until_now(stream: str, otherwise: Callable[[int], Sequence[Counted]], at: Any = NOW) -> Intent[int]:
    return Intent(uuid4(), stream, COUNTER, lambda _: [Counted(1)], not_after=NotAfter(at, otherwise))


async def in_the_log(pool: Any, log: Any = INTAKE) -> list[tuple[str, int]]:
    return [(entry.stream, number(entry.record)) for entry in await read.after(pool, log, -1)]


async def all_of(pool: Any, *intents: Intent[int]) -> list[Outcome]:
    async with pool.acquire() as conn, conn.transaction():
        return await carry_out_all(conn, INTAKE, PARTITIONS, NOW, intents)


def moves(pool: Any, stream: str, n: int) -> Callable[[], Awaitable[object]]:
    """What somebody else appends to the end of a stream."""

    async def move() -> None:
        version = len(await read.stream(pool, INTAKE, stream))
        await append(pool, INTAKE, PARTITIONS, NOW, [write_of(count(stream), version, [Counted(n)])])

    return move


async def test_what_it_read_of_other_streams_still_stands_when_it_is_appended(
    pool: Any, appender: Appender
) -> None:
    await carry_out(pool, appender, INTAKE, count("review", 3), NOW)
    reads = total_of("review", "dispute", meanwhile=moves(pool, "review", 4))
    await carry_out(pool, appender, INTAKE, sums("release-1", reads), NOW)
    reads = total_of("review", "dispute", meanwhile=moves(pool, "dispute", 10))  # it didn't exist
    await carry_out(pool, appender, INTAKE, sums("release-2", reads), NOW)
    assert await in_the_log(pool) == [
        ("review", 3),
        ("review", 4),
        ("release-1", 7),
        ("dispute", 10),
        ("release-2", 17),
    ]


async def test_records_are_read_too_and_its_own_stream_is_no_guard(pool: Any, appender: Appender) -> None:
    await carry_out(pool, appender, INTAKE, count("review", 3), NOW)

    async def decide(_: int, reader: GuardedReader) -> Sequence[Counted]:
        await reader.prefetch(["review", "release", "dispute"])
        found = [len(await reader.records(name)) for name in ("review", "release", "dispute")]
        assert reader.guards == {"review": 1, "dispute": 0}
        return [Counted(n) for n in found]

    await carry_out(pool, appender, INTAKE, sums("release", Reading(decide)), NOW)
    assert (await in_the_log(pool))[1:] == [("release", 1), ("release", 0), ("release", 0)]


async def test_one_that_others_always_forestall_gives_up(pool: Any, appender: Appender) -> None:
    async def decide(state: int, reader: GuardedReader) -> Sequence[Counted]:
        await reader.fold("review", COUNTER)
        await moves(pool, "review", 1)()
        return [Counted(state)]

    with pytest.raises(Contended):
        await carry_out(pool, appender, INTAKE, sums("release", Reading(decide)), NOW)
    assert {stream for stream, _ in await in_the_log(pool)} == {"review"}


async def test_said_again_it_is_not_decided_again(pool: Any, appender: Appender) -> None:
    command = uuid4()
    first = await carry_out(pool, appender, INTAKE, sums("release", total_of("review"), command), NOW)
    await carry_out(pool, appender, INTAKE, count("release"), NOW)
    again = await carry_out(pool, appender, INTAKE, sums("release", total_of("review"), command), NOW)
    assert again == Outcome(first.place, repeated=True)
    [in_batch, new] = await all_of(pool, doubles("release", command), doubles("release"))
    assert in_batch == again
    assert not new.repeated


async def test_a_command_of_several_events_said_again_answers_with_its_last(
    pool: Any, appender: Appender
) -> None:
    intent = Intent(uuid4(), "a", COUNTER, lambda _: [Counted(1), Counted(2)])
    first = await carry_out(pool, appender, INTAKE, intent, NOW)
    await carry_out(pool, appender, INTAKE, count("a"), NOW)
    again = await carry_out(pool, appender, INTAKE, intent, NOW)
    assert first.place is not None
    assert (again.place, first.place.position) == (first.place, 1)


async def test_after_its_last_moment_something_else_is_decided(pool: Any, appender: Appender) -> None:
    def refuse(_: int) -> Sequence[Counted]:
        raise ValueError("too late")

    in_time = await carry_out(pool, appender, INTAKE, until_now("a", refuse), NOW)
    assert not in_time.repeated
    late = until_now("a", lambda state: [Counted(state + 50)])
    assert not (await carry_out(pool, appender, INTAKE, late, LATER)).repeated
    assert await carry_out(pool, appender, INTAKE, until_now("b", lambda _: []), LATER) == Outcome(None, True)
    with pytest.raises(ValueError, match="too late"):
        await carry_out(pool, appender, INTAKE, until_now("b", refuse), LATER)
    # The log's own time is past it, whatever this process's clock says.
    with pytest.raises(ValueError, match="too late"):
        await carry_out(pool, appender, INTAKE, until_now("b", refuse), NOW)
    await carry_out(pool, appender, INTAKE, until_now("b", lambda _: [Counted(60)]), NOW)
    assert await in_the_log(pool) == [("a", 1), ("a", 51), ("b", 60)]


async def test_of_a_batch_each_sees_what_those_before_it_decided(pool: Any, appender: Appender) -> None:
    await carry_out(pool, appender, INTAKE, count("a", 3), NOW)
    twice = uuid4()
    outcomes = await all_of(
        pool,
        doubles("a"),
        doubles("a", twice),
        sums("b", total_of("a")),
        doubles("a", twice),
        Intent(uuid4(), "a", COUNTER, lambda _: []),
    )
    assert await in_the_log(pool) == [("a", 3), ("a", 3), ("a", 6), ("b", 12)]
    assert [(o.place and o.place.position, o.repeated) for o in outcomes] == [
        (1, False),
        (2, False),
        (3, False),
        (2, True),
        (2, True),
    ]


async def test_what_was_decided_on_a_write_that_came_too_late_is_decided_again(
    pool: Any, appender: Appender
) -> None:
    """Another append makes the stream as long as the second command expects it: but it isn't what that was decided on."""
    await carry_out(pool, appender, INTAKE, count("a", 3), NOW)
    moved = sums("c", total_of(meanwhile=moves(pool, "a", 100)))
    await all_of(pool, doubles("a"), doubles("a"), moved)
    assert await in_the_log(pool) == [("a", 3), ("a", 100), ("a", 103), ("a", 206), ("c", 0)]


async def test_in_a_batch_too_what_was_read_still_stands(pool: Any, appender: Appender) -> None:
    await carry_out(pool, appender, INTAKE, count("review", 3), NOW)
    await all_of(
        pool,
        doubles("a"),
        sums("release", total_of("review", meanwhile=moves(pool, "review", 4))),
        doubles("b"),
    )
    assert await in_the_log(pool) == [("review", 3), ("review", 4), ("a", 0), ("release", 7), ("b", 0)]


async def test_in_a_batch_too_one_that_is_too_late_decides_something_else(
    pool: Any, appender: Appender
) -> None:
    await carry_out(pool, appender, INTAKE, count("z"), LATER)
    late = until_now("a", lambda state: [Counted(state + 50)])
    await all_of(pool, count("a", 7), late, doubles("a"), until_now("b", lambda _: []))
    assert (await in_the_log(pool))[1:] == [("a", 7), ("a", 57), ("a", 64)]


async def test_one_that_is_refused_adds_nothing_and_hinders_none_of_its_neighbours(pool: Any) -> None:
    def refuse(_: int) -> Sequence[Counted]:
        raise ValueError("no")

    batch = BatchDecider(pool, INTAKE)
    await batch.decide(count("a", 2), NOW)
    with pytest.raises(ValueError, match="no"):
        await batch.decide(Intent(uuid4(), "a", COUNTER, refuse), NOW)
    await batch.decide(doubles("a"), NOW)
    assert len(await batch.append(pool, PARTITIONS, NOW)) == 2
    assert await in_the_log(pool) == [("a", 2), ("a", 2)]


async def test_a_reaction_that_somebody_forestalls_decides_again_and_its_partition_goes_on(
    pool: Any, review_pool: Any, appender: Appender
) -> None:
    class Sums:
        async def react(self, conn: Any, what: Delivered, now: Any) -> Sequence[Intent[int]]:
            async def decide(state: int, reader: GuardedReader) -> Sequence[Counted]:
                if not forestalled:
                    forestalled.append(True)
                    await reader.fold("opinions", COUNTER)
                    write = write_of(count("opinions"), 0, [Counted(4)])
                    await append(review_pool, REVIEW, PARTITIONS, NOW, [write])
                return [Counted(state + number(what.record) + await reader.fold("opinions", COUNTER))]

            return [Intent(what.record.id, "permits", COUNTER, Reading(decide), cause=what.place)]

    forestalled: list[bool] = []
    await carry_out(pool, appender, INTAKE, count("a", 3), NOW)
    here = Subscription("review", review_pool, [INTAKE], PARTITIONS, wall, reactions=[Sums()], own=REVIEW)
    await here.open()
    assert not here.stopped
    assert await in_the_log(review_pool, REVIEW) == [("opinions", 4), ("permits", 7)]
