"""Guards: a write is appended only while other streams stand where it was decided, and not after its last moment."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from gongkai.ledger import read
from gongkai.ledger.append import Appended, Appender, Conflict, Result, Write, append
from gongkai.ledger.decider import write_of
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, Counted, count

LATE = NOW - timedelta(seconds=1)


def a_write(
    stream: str,
    expected: int = 0,
    *,
    events: int = 1,
    guards: tuple[tuple[str, int], ...] = (),
    not_after: Any = None,
    command: UUID | None = None,
) -> Write:
    made = write_of(count(stream, command=command), expected, [Counted(n) for n in range(events)])
    return Write(made.stream, made.expected, made.events, None, guards, not_after)


async def written(pool: Any, *writes: Write) -> list[int | str]:
    """In one batch: where the last event of each stands, or how it was refused."""
    return [_word(result) for result in await append(pool, INTAKE, PARTITIONS, NOW, writes)]


def _word(result: Result) -> int | str:
    return result.place.position if isinstance(result, Appended) else type(result).__name__


async def test_a_write_is_appended_while_its_guards_hold(pool: Any) -> None:
    assert await written(pool, a_write("review", events=2)) == [1]
    assert await written(pool, a_write("release", guards=(("review", 2), ("dispute", 0)))) == [2]


async def test_it_is_not_once_a_guarded_stream_moved_or_began(pool: Any) -> None:
    await written(pool, a_write("review"))
    await written(pool, a_write("review", 1))
    assert await written(pool, a_write("release", guards=(("review", 1),))) == ["GuardFailed"]
    assert await written(pool, a_write("release", guards=(("review", 3),))) == ["GuardFailed"]
    assert await written(pool, a_write("release", guards=(("review", 0),))) == ["GuardFailed"]
    assert [e.stream for e in await read.after(pool, INTAKE, -1)] == ["review", "review"]


async def test_in_one_batch_what_stands_before_counts_and_what_stands_after_does_not(pool: Any) -> None:
    before = (a_write("review"), a_write("release-1", guards=(("review", 0),)))
    assert await written(pool, *before) == [0, "GuardFailed"]
    after = (a_write("release-2", guards=(("review", 1),)), a_write("review", 1))
    assert await written(pool, *after) == [1, 2]
    within = (a_write("review", 2, events=3), a_write("release-3", events=2, guards=(("review", 5),)))
    assert await written(pool, *within) == [5, 7]


async def test_a_refused_write_hinders_none_of_its_neighbours(pool: Any) -> None:
    await written(pool, a_write("review"))
    writes = (
        a_write("a", events=2),
        a_write("b", guards=(("review", 0),)),
        a_write("c", not_after=LATE),
        a_write("d", guards=(("review", 1), ("a", 2)), not_after=NOW),
        a_write("a", 1),
    )
    assert await written(pool, *writes) == [2, "GuardFailed", "Expired", 3, "Conflict"]
    assert [e.place.position for e in await read.after(pool, INTAKE, -1)] == [0, 1, 2, 3]


async def test_its_last_moment_is_that_of_the_commit(pool: Any) -> None:
    assert await written(pool, a_write("a", not_after=NOW)) == [0]
    assert await written(pool, a_write("b", not_after=LATE)) == ["Expired"]
    # The log's time never goes back: what came later in it counts, whatever this process's clock says.
    await append(pool, INTAKE, PARTITIONS, NOW + timedelta(minutes=1), [a_write("c")])
    assert await written(pool, a_write("d", not_after=NOW)) == ["Expired"]


async def test_said_again_it_is_repeated_whatever_moved_since(pool: Any) -> None:
    command = UUID(int=7)
    release = a_write("release", guards=(("review", 0),), not_after=NOW, command=command)
    assert await written(pool, release) == [0]
    await written(pool, a_write("review"))
    (again,) = await append(pool, INTAKE, PARTITIONS, NOW + timedelta(days=1), [release])
    assert again == Appended(again.place, repeated=True)  # type: ignore[union-attr]  # it has a place


async def test_of_a_hundred_rivals_on_two_streams_none_sees_the_other_moved(pool: Any) -> None:
    """Each moves its own stream only while the other's stands where it was read: at every position that holds."""
    appenders = [Appender(pool, INTAKE, PARTITIONS) for _ in range(2)]

    async def rival(n: int) -> None:
        own, other = ("a", "b") if n % 2 else ("b", "a")
        for _ in range(20):
            versions = [len(await read.stream(pool, INTAKE, stream)) for stream in (own, other)]
            try:
                await appenders[n % 2].append(a_write(own, versions[0], guards=((other, versions[1]),)), NOW)
            except Conflict:
                continue
            guards[own, versions[0] + 1] = versions[1]
            return

    guards: dict[tuple[str, int], int] = {}
    await asyncio.gather(*(rival(n) for n in range(100)))
    at = {"a": 0, "b": 0}
    for entry in await read.after(pool, INTAKE, -1, 1000):
        other = "b" if entry.stream == "a" else "a"
        assert guards[entry.stream, entry.version] == at[other]
        at[entry.stream] = entry.version
    assert sum(at.values()) == len(guards) > 1
    for appender in appenders:
        await appender.close()
