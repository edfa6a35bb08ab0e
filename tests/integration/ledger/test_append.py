import asyncio
import hashlib
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

import gongkai.ledger
from gongkai.contracts.envelope import Place
from gongkai.ledger import read
from gongkai.ledger.append import Appended, Appender, Full, Write, append
from gongkai.ledger.decider import carry_out, write_of
from gongkai.ledger.observe import Observer
from gongkai.ledger.partition import partition_of
from gongkai.ledger.read import LogId
from gongkai.operate.databases.cluster import Cluster
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, Counted, count

MIGRATIONS = Path(gongkai.ledger.__file__).parent / "migrations" / "log"


def a_write(stream: str, expected: int = 0, events: int = 1, command: UUID | None = None) -> Write:
    """As a decision would make it, for a stream that stands at `expected`."""
    return write_of(count(stream, command=command), expected, [Counted(n) for n in range(events)])


AWAITED = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid())"


async def written(pool: Any, *writes: Write) -> list[Any]:
    """In one batch. Where each stands, and `conflict` for those that conflicted."""
    results = await append(pool, INTAKE, PARTITIONS, NOW, writes)
    return [r.place.position if isinstance(r, Appended) else "conflict" for r in results]


async def in_the_log(pool: Any) -> list[tuple[int, str, int]]:
    return [(e.place.position, e.stream, e.version) for e in await read.after(pool, INTAKE, -1)]


async def test_positions_are_dense_and_each_stream_keeps_its_order(pool: Any, appender: Appender) -> None:
    await asyncio.gather(
        *(carry_out(pool, appender, INTAKE, count(f"counter-{n % 7}", n), NOW) for n in range(200))
    )
    entries = await read.after(pool, INTAKE, -1, 1000)
    assert [e.place.position for e in entries] == list(range(200))
    for stream in {e.stream for e in entries}:
        mine = [e for e in entries if e.stream == stream]
        assert [e.version for e in mine] == list(range(1, len(mine) + 1))
        assert [e.record.streamversion for e in mine] == [e.version for e in mine]


async def test_a_repeated_command_returns_its_first_place(pool: Any, appender: Appender) -> None:
    command = uuid4()
    first = await carry_out(pool, appender, INTAKE, count("counter-1", command=command), NOW)
    again = await carry_out(pool, appender, INTAKE, count("counter-1", command=command), NOW)
    assert again.place == first.place
    assert again.repeated
    assert await read.size(pool, INTAKE) == 1


async def test_the_leaf_is_the_hash_of_the_very_bytes_stored(pool: Any, appender: Appender) -> None:
    await carry_out(pool, appender, INTAKE, count("counter-1"), NOW)
    raw, leaf = await pool.fetchrow("SELECT record, leaf FROM intake.log_entry")
    assert leaf == hashlib.sha256(b"\0" + raw).digest()


@pytest.mark.parametrize("change", ["UPDATE {} SET log = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nobody_changes_what_is_written(
    pool: Any, appender: Appender, fresh_database: Cluster, change: str
) -> None:
    await carry_out(pool, appender, INTAKE, count("counter-1"), NOW)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the service: by privilege
        await pool.execute(change.format("intake.log_entry"))
    owner = await asyncpg.connect(fresh_database.dsn("intake_owner"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the schema's owner: by trigger
            await owner.execute(change.format("intake.log_entry"))
    finally:
        await owner.close()


async def test_a_service_appends_to_no_log_but_its_own(review_pool: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await review_pool.fetch(
            "SELECT * FROM intake.append('intake', now(), '{}', '{}', '{}', '{}', '{}', '{}', '{}')"
        )


# -- batches


async def test_a_conflict_writes_nothing_and_hinders_none_of_its_neighbours(pool: Any) -> None:
    await written(pool, a_write("taken"))
    assert await written(pool, a_write("a"), a_write("taken"), a_write("b")) == [1, "conflict", 2]
    assert await in_the_log(pool) == [(0, "taken", 1), (1, "a", 1), (2, "b", 1)]


@pytest.mark.parametrize("expected", [1, 2, 7])
async def test_a_stream_that_is_not_yet_so_far_is_a_conflict_too(pool: Any, expected: int) -> None:
    assert await written(pool, a_write("new", expected), a_write("other")) == ["conflict", 0]


async def test_commands_of_one_batch_may_follow_one_another_in_a_stream(pool: Any) -> None:
    assert await written(pool, a_write("s", 0, 2), a_write("t"), a_write("s", 2, 3)) == [1, 2, 5]
    assert [each[1:] for each in await in_the_log(pool)] == [
        *(("s", 1), ("s", 2)),
        ("t", 1),
        *(("s", 3), ("s", 4), ("s", 5)),
    ]


async def test_but_not_in_the_wrong_order(pool: Any) -> None:
    """Each alone would fit, once the other is there; in their order the first does not."""
    assert await written(pool, a_write("s", 1), a_write("s", 0)) == ["conflict", 0]
    assert await in_the_log(pool) == [(0, "s", 1)]


async def test_a_command_of_several_events_answers_with_its_last_place(pool: Any) -> None:
    command = uuid4()
    (first,) = await append(pool, INTAKE, PARTITIONS, NOW, [a_write("s", 0, 3, command)])
    assert first == Appended(Place("intake", partition_of("s", PARTITIONS), 2))
    (again,) = await append(pool, INTAKE, PARTITIONS, NOW, [a_write("s", 3, 1, command)])
    assert again == Appended(first.place, repeated=True)


async def test_a_command_twice_in_one_batch_happens_once(pool: Any) -> None:
    said = a_write("s")
    assert await written(pool, said, a_write("t"), said) == [0, 1, 0]
    assert await in_the_log(pool) == [(0, "s", 1), (1, "t", 1)]


async def test_commit_times_never_go_back_though_the_clock_does(pool: Any) -> None:
    for hours in (0, -3, 1, -1):
        await append(pool, INTAKE, PARTITIONS, NOW + timedelta(hours=hours), [a_write(f"s{hours}")])
    moments = [e.committed_at - NOW for e in await read.after(pool, INTAKE, -1)]
    assert moments == [timedelta(hours=hours) for hours in (0, 0, 1, 1)]


# -- queue


async def test_beyond_the_bound_nobody_waits(
    pool: Any, fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.ledger.append.MAX_WAITING", 5)
    await written(pool, a_write("first"))
    appender = Appender(pool, INTAKE, PARTITIONS, workers=1)
    owner = await asyncpg.connect(fresh_database.dsn("intake_owner"))
    try:
        async with owner.transaction():
            await owner.execute("SELECT FROM log_head FOR UPDATE")  # a database that doesn't come on
            busy = asyncio.create_task(appender.append(a_write("busy"), NOW))
            while not await owner.fetchval(AWAITED):
                await asyncio.sleep(0.01)
            waiting = [asyncio.create_task(appender.append(a_write(f"w{n}"), NOW)) for n in range(5)]
            await asyncio.sleep(0)
            with pytest.raises(Full):
                await appender.append(a_write("too many"), NOW)
        assert [(await each).place.position for each in (busy, *waiting)] == [1, 2, 3, 4, 5, 6]
    finally:
        await owner.close()
        await appender.close()


class Sizes(Observer):
    """How many commands each commit had."""

    def __init__(self) -> None:
        self.of: list[int] = []

    def committed(self, log: str, commands: int) -> None:
        self.of.append(commands)


@pytest.mark.parametrize(("slowness", "expected"), [(0.0, [32, 32]), (1000.0, [64])])
async def test_what_waits_together_is_shared_out_where_commits_are_quick(
    pool: Any, slowness: float, expected: list[int]
) -> None:
    sizes = Sizes()
    appender = Appender(pool, INTAKE, PARTITIONS, observer=sizes)
    appender._slowness = slowness
    await asyncio.gather(*(appender.append(a_write(f"s{n}"), NOW) for n in range(64)))
    assert sizes.of == expected
    await appender.close()


# -- several processes


async def test_several_processes_append_to_one_log(pool: Any, fresh_database: Cluster) -> None:
    """Dense positions in commit order: whoever reads sees no position without all before it, at any moment."""
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.integration.ledger.writer",
            name,
            env={"DSN": fresh_database.dsn("intake_writer")},
        )
        for name in ("a", "b", "c")
    ]
    looks = 0
    while any(writer.returncode is None for writer in writers):
        size, last, head = await pool.fetchrow(
            "SELECT count(*), coalesce(max(position), -1), coalesce((SELECT size FROM intake.log_head), 0)"
            " FROM intake.log_entry"
        )
        assert size == last + 1 == head
        looks += size > 0
        await asyncio.sleep(0.005)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert looks
    entries = await read.after(pool, INTAKE, -1, 1000)
    assert [e.place.position for e in entries] == list(range(360))
    assert sorted(e.committed_at for e in entries) == [e.committed_at for e in entries]
    shared = [e.version for e in entries if e.stream == "shared"]
    assert shared == list(range(1, 61))


# -- what was written before


async def test_a_command_of_before_is_still_known(fresh_database: Cluster) -> None:
    """The table of commands is gone; by its first event each of them is found, with all that it wrote."""
    migrations = [path.read_text() for path in sorted(MIGRATIONS.glob("*.sql"))]
    before, after = migrations[:5], migrations[5:]
    admin = await asyncpg.connect(fresh_database.admin(fresh_database.database))
    try:
        transaction = admin.transaction()
        await transaction.start()
        await admin.execute("CREATE ROLE old_writer; CREATE SCHEMA old; SET LOCAL search_path = old")
        for migration in before:
            await admin.execute(migration)
        three = a_write("s", 0, 3)
        ids, records = zip(*three.events, strict=True)
        await admin.execute(
            "SELECT append('old', now(), ARRAY[gen_random_uuid()], '{s}', '{0}', '{3}', '{1}', '{null}', $1, $2)",
            ids,
            records,
        )
        for migration in after:
            await admin.execute(migration)
        assert await admin.fetchval("SELECT array_agg(more ORDER BY position) FROM log_entry") == [2, 1, 0]
        (again,) = await append(admin, LogId("old", "old"), PARTITIONS, NOW, [three])
        assert again == Appended(Place("old", 1, 2), repeated=True)
        await transaction.rollback()
    finally:
        await admin.close()
