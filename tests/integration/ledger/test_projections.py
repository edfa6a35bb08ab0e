"""A projection is a fold of the log: rebuilt in another schema while events arrive, switched, switched back, as of any moment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from gongkai.contracts.envelope import Record
from gongkai.ledger import projection_version, projections, read, rebuild
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.rebuild import LiveProjection, NoPreviousTables, RebuildInProgress
from gongkai.ledger.rebuild_tables import CannotRebuild
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import MONITOR, Cluster
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, count, number, running, wall

MADE = """
CREATE TABLE tally (stream text COLLATE "C" PRIMARY KEY, total bigint NOT NULL, said integer NOT NULL);
CREATE INDEX tally_largest ON tally (total DESC) WHERE said > 1;
CREATE TABLE once (n bigint NOT NULL, stream text REFERENCES tally, CONSTRAINT only_once UNIQUE (n, stream));
CREATE VIEW large WITH (security_barrier) AS SELECT t.stream, t.total, o.n FROM tally t JOIN once o USING (stream);
CREATE VIEW larger AS SELECT * FROM large WHERE total > 5;
GRANT SELECT, INSERT, UPDATE, DELETE ON tally, once TO review_writer;
GRANT SELECT ON larger TO review_writer;
GRANT SELECT (stream) ON tally TO gongkai_monitor;
"""


@dataclass
class Tally:
    """Sums, so that a record applied twice or not at all shows. A newer one may count otherwise."""

    factor: int = 1
    name: str = "review.tally"
    tables: tuple[str, ...] = ("tally", "once")
    version: int = 1

    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        said = [(what.record.subject, number(what.record) * self.factor) for what in batch]
        await conn.executemany(
            "INSERT INTO tally AS t VALUES ($1, $2, 1)"
            " ON CONFLICT (stream) DO UPDATE SET total = t.total + excluded.total, said = t.said + 1",
            said,
        )
        await conn.executemany("INSERT INTO once VALUES ($2, $1)", said)


@pytest.fixture
async def owner(fresh_database: Cluster) -> AsyncIterator[Any]:
    conn = await asyncpg.connect(fresh_database.dsn("review_owner"))
    await conn.execute(MADE)
    yield conn
    await conn.close()


@pytest.fixture
async def monitor(fresh_database: Cluster) -> AsyncIterator[Any]:
    conn = await asyncpg.connect(fresh_database.dsn(MONITOR))
    yield conn
    await conn.close()


@pytest.fixture
async def here(review_pool: Any, owner: Any) -> Subscription:
    await projection_version.store(review_pool, "review", Tally())  # as a service does when it starts
    made = Subscription("review", review_pool, [INTAKE], PARTITIONS, wall, handlers=[Tally()])
    await made.open()
    return made


def view(projection: Tally | None = None) -> LiveProjection:
    return LiveProjection(projection or Tally(), "review", "review", {"intake": INTAKE})


async def fill(pool: Any, appender: Appender, numbers: range) -> None:
    await asyncio.gather(
        *(carry_out(pool, appender, INTAKE, count(f"counter-{n % 9}", n), NOW) for n in numbers)
    )


async def tally(conn: Any) -> dict[str, tuple[int, int]]:
    return {r["stream"]: (r["total"], r["said"]) for r in await conn.fetch("SELECT * FROM review.tally")}


def expected(numbers: range, factor: int = 1) -> dict[str, tuple[int, int]]:
    streams = {f"counter-{n % 9}" for n in numbers}
    each = {s: [n for n in numbers if f"counter-{n % 9}" == s] for s in streams}
    return {s: (sum(ns) * factor, len(ns)) for s, ns in each.items()}


async def test_a_rebuild_equals_the_live_view_and_takes_its_place_while_events_arrive(
    pool: Any, appender: Appender, owner: Any, monitor: Any, here: Subscription
) -> None:
    await fill(pool, appender, range(300))
    async with running(here.watch()):
        more = asyncio.create_task(fill(pool, appender, range(300, 900)))
        deliveries = asyncio.create_task(_deliver(pool, here, 900))
        done = await rebuild.rebuild(monitor, owner, view())
        assert done.equal
        again = await rebuild.rebuild(monitor, owner, view())
        assert again.equal
        await asyncio.gather(more, deliveries)
    assert await tally(owner) == expected(range(900))
    assert await owner.fetchval("SELECT count(*) FROM once") == 900


async def test_a_record_of_a_kind_that_nobody_here_knows_ends_a_rebuild_and_changes_nothing(
    pool: Any, appender: Appender, owner: Any, monitor: Any, here: Subscription
) -> None:
    """As after a step back to an older program: what a newer one wrote isn't guessed at."""
    await fill(pool, appender, range(40))
    here._behind.update(here.seen)
    await here.catch_up()
    before = await tally(owner)
    asked: list[str] = []

    def check_type(record: Record) -> None:
        asked.append(record.type)
        raise LookupError(record.type)

    with pytest.raises(LookupError, match=r"Counted\.v1"):
        await rebuild.rebuild(monitor, owner, replace(view(Tally(2)), check_type=check_type))
    assert await tally(owner) == before == expected(range(40))
    asked.clear()
    known = replace(view(), check_type=lambda record: asked.append(record.type))
    assert (await rebuild.rebuild(monitor, owner, known)).equal
    assert set(asked) == {"gongkai.Counted.v1"}
    assert len(asked) <= 3  # once a pass, not once a record


async def _deliver(pool: Any, here: Subscription, many: int) -> None:
    while sum(1 for _ in await read.after(pool, INTAKE, -1, many)) < many or any(
        head > here.seen[key] for key, head in (await here._heads()).items()
    ):
        here._behind.update(here.seen)
        await here.catch_up()


async def test_the_new_tables_have_all_that_the_live_ones_had(
    pool: Any, appender: Appender, owner: Any, monitor: Any, here: Subscription
) -> None:
    await fill(pool, appender, range(30))
    here._behind.update(here.seen)
    await here.catch_up()
    shape = """
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'review' AND tablename IN ('tally', 'once')
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid IN ('review.tally'::regclass, 'review.once'::regclass)
    UNION ALL SELECT 'right', grantee || privilege_type, table_name || column_name
        FROM information_schema.column_privileges
        WHERE table_schema = 'review' AND table_name IN ('tally', 'once', 'larger')
    UNION ALL SELECT 'view', relname, reloptions::text FROM pg_class WHERE relname IN ('large', 'larger')
    ORDER BY 1, 2, 3
    """
    before = await owner.fetch(shape)
    assert (await rebuild.rebuild(monitor, owner, view())).equal
    assert await owner.fetch(shape) == before
    assert len(before) > 10
    await fill(pool, appender, range(30, 40))
    here._behind.update(here.seen)
    await here.catch_up()
    assert await tally(owner) == expected(range(40))
    assert await owner.fetchval("SELECT max(n) FROM review.larger") == 39  # it reads the new tables


async def test_a_view_that_counts_otherwise_is_switched_and_rolled_back(
    pool: Any, appender: Appender, owner: Any, monitor: Any, here: Subscription
) -> None:
    await fill(pool, appender, range(20))
    here._behind.update(here.seen)
    await here.catch_up()
    with pytest.raises(NoPreviousTables):
        await rebuild.switch_back(monitor, owner, view())
    doubled = view(Tally(factor=2))
    compared = await rebuild.rebuild(monitor, owner, doubled, switch=False)
    assert (compared.equal, compared.switched) == (False, False)
    assert await tally(owner) == expected(range(20))
    assert not (await rebuild.rebuild(monitor, owner, doubled)).equal
    assert await tally(owner) == expected(range(20), factor=2)
    here.handlers = [doubled.projection]
    await fill(pool, appender, range(20, 33))
    here._behind.update(here.seen)
    await here.catch_up()
    assert await tally(owner) == expected(range(33), factor=2)
    await rebuild.switch_back(monitor, owner, view())  # with what it missed
    assert await tally(owner) == expected(range(33))
    await rebuild.switch_back(monitor, owner, doubled)
    assert await tally(owner) == expected(range(33), factor=2)


async def test_as_of_any_moment(
    pool: Any, appender: Appender, owner: Any, monitor: Any, here: Subscription
) -> None:
    for n in range(12):
        await carry_out(pool, appender, INTAKE, count(f"counter-{n % 9}", n), NOW + timedelta(days=n // 3))
    assert [
        await projections.position_at(monitor, INTAKE, NOW + timedelta(days=d, hours=1))
        for d in (-1, 0, 2, 9)
    ] == [-1, 2, 8, 11]
    until = {("intake", p): 8 for p in range(PARTITIONS)}
    first, second = "a", "b"
    for schema in (first, second):
        await owner.execute(f"CREATE SCHEMA {schema}")
        await projections.rebuild(
            owner, Tally(), [INTAKE], live="review", into=schema, until=until, reader=monitor
        )
    rows = await owner.fetch("SELECT * FROM a.tally")
    assert {r["stream"]: (r["total"], r["said"]) for r in rows} == expected(range(9))
    assert await projections.digest(owner, first, Tally()) == await projections.digest(owner, second, Tally())


async def test_what_a_rebuild_would_lose_is_refused_and_two_at_once_too(
    owner: Any, monitor: Any, here: Subscription, fresh_database: Cluster
) -> None:
    another = await asyncpg.connect(fresh_database.dsn("review_owner"))
    try:
        await another.execute("SELECT pg_advisory_lock(hashtextextended('rebuild:review.tally', 0))")
        with pytest.raises(RebuildInProgress):
            await rebuild.rebuild(monitor, owner, view())
    finally:
        await another.close()
    await owner.execute("CREATE TABLE outside (stream text REFERENCES tally)")
    with pytest.raises(CannotRebuild, match="outside_stream_fkey"):
        await rebuild.rebuild(monitor, owner, view())
