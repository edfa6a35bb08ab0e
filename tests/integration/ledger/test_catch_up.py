"""A reaction that came to a log with history: it acts on what comes, and on history once somebody asks, on each record once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from gongkai.contracts.derived_ids import derived_id
from gongkai.ledger import acts_since, catch_up, read
from gongkai.ledger.acts_since import Extent, Since
from gongkai.ledger.append import Appender
from gongkai.ledger.catch_up import CatchUp
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import Cluster
from tests.integration.ledger.conftest import COUNTER, INTAKE, PARTITIONS, REVIEW, Counted, number, wall
from tests.integration.ledger.following import fill


@dataclass
class Echo:
    """Says each number again, in its own log. `unable`: those that it can't."""

    since: Since = Since.FIRST_SIGHT
    name: str = "echo"
    unable: set[int] = field(default_factory=set)

    async def react(self, conn: Any, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        n = number(what.record)
        if n in self.unable:
            raise ValueError(f"can't say {n}")
        stream = f"echo-{what.record.subject}"
        command = derived_id(what.record.id, "echo")
        return [Intent(command, stream, COUNTER, lambda _: [Counted(n)], cause=what.place)]


@dataclass
class Review:
    """One process of the service review, with or without the reaction."""

    pool: Any
    echo: Echo | None = None
    logs: Sequence[read.LogId] = (INTAKE,)
    subscription: Any = None

    async def start(self) -> "Review":
        reactions = await acts_since.live(self.pool, [self.echo] if self.echo else [], self.logs)
        self.subscription = Subscription(
            "review", self.pool, self.logs, PARTITIONS, wall, reactions=reactions, own=REVIEW
        )
        await self.subscription.open()
        return self

    @property
    def catching_up(self) -> CatchUp:
        assert self.echo is not None
        return CatchUp(self.pool, "review", self.logs, REVIEW, PARTITIONS, wall, {self.echo.name: self.echo})

    async def see_all(self) -> None:
        self.subscription._behind.update(self.subscription.seen)
        await self.subscription.catch_up()

    async def said(self) -> Counter[int]:
        entries = await read.after(self.pool, REVIEW, -1, 10_000)
        return Counter(number(e.record) for e in entries)

    async def extent(self) -> Extent:
        (extent,) = await acts_since.load(self.pool, ["echo"])
        return extent


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "BATCH", 8)
    monkeypatch.setattr(catch_up, "RETRY", 0.0)


@pytest.fixture
async def owner(fresh_database: Cluster) -> AsyncIterator[Any]:
    conn = await asyncpg.connect(fresh_database.dsn("review_owner"))
    yield conn
    await conn.close()


async def ask(pool: Any, owner: Any) -> None:
    await catch_up.ask(owner, "echo", {"intake": await read.size(pool, INTAKE) - 1})


async def advance(process: CatchUp) -> None:
    while await process.advance():
        pass


async def a_release_with_the_reaction(pool: Any, appender: Appender, review_pool: Any) -> Review:
    """To a log of thirty records that the release before has seen."""
    await fill(pool, appender, range(30))
    await Review(review_pool).start()
    return await Review(review_pool, Echo()).start()


async def test_it_acts_on_what_comes_and_leaves_history_alone_until_asked(
    pool: Any, appender: Appender, review_pool: Any, owner: Any
) -> None:
    review = await a_release_with_the_reaction(pool, appender, review_pool)
    await fill(pool, appender, range(30, 33))
    await review.see_all()
    assert await review.said() == Counter(range(30, 33))
    await advance(review.catching_up)  # nobody has asked
    assert await review.said() == Counter(range(30, 33))
    assert await review.extent() == Extent("echo", "intake", since=29, done=-1)

    await ask(pool, owner)
    await advance(review.catching_up)
    assert await review.said() == Counter(range(33))
    assert await review.extent() == Extent("echo", "intake", since=29, done=32)
    await ask(pool, owner)
    assert (await review.extent()).complete  # it stays so, while it is done again
    await advance(review.catching_up)
    assert await review.said() == Counter(range(33))


async def test_first_sight_is_recorded_once_and_outlives_restarts(
    pool: Any, appender: Appender, review_pool: Any
) -> None:
    await a_release_with_the_reaction(pool, appender, review_pool)
    await fill(pool, appender, range(30, 40))
    review = await Review(review_pool, Echo()).start()  # it was away meanwhile
    assert await review.said() == Counter(range(30, 40))
    assert (await review.extent()).since == 29


async def test_a_new_service_does_not_act_on_old_logs_by_itself(
    pool: Any, appender: Appender, review_pool: Any
) -> None:
    await fill(pool, appender, range(20))
    review = await Review(review_pool, Echo()).start()
    assert review.subscription.seen.keys()
    assert await review.said() == Counter()
    await fill(pool, appender, range(20, 25))
    await review.see_all()
    assert await review.said() == Counter(range(20, 25))


async def test_one_that_is_as_old_as_its_events_acts_on_all_of_them(
    pool: Any, appender: Appender, review_pool: Any
) -> None:
    await fill(pool, appender, range(20))
    review = await Review(review_pool, Echo(Since.FIRST_EVENT)).start()
    assert await review.said() == Counter(range(20))
    assert (await review.extent()).complete


@pytest.mark.parametrize("point", ["catch-up.applied", "catch-up.committed"])
async def test_an_end_in_between_changes_nothing(
    *,
    pool: Any,
    appender: Appender,
    review_pool: Any,
    owner: Any,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    review = await a_release_with_the_reaction(pool, appender, review_pool)
    await ask(pool, owner)
    lives = 0

    def dies(reached: str) -> None:
        nonlocal lives
        if reached == point:
            lives += 1
            if lives % 2 == 0:
                raise ConnectionError("killed")

    monkeypatch.setattr(catch_up, "reach", dies)
    for _ in range(20):
        try:
            await advance(review.catching_up)
            break
        except ConnectionError:
            continue
    assert lives > 3
    assert await review.said() == Counter(range(30))
    assert (await review.extent()).complete


async def test_replicas_share_the_work_while_the_service_goes_on(
    pool: Any, appender: Appender, review_pool: Any, owner: Any
) -> None:
    review = await a_release_with_the_reaction(pool, appender, review_pool)
    await ask(pool, owner)
    await asyncio.gather(
        *(advance(review.catching_up) for _ in range(3)), fill(pool, appender, range(30, 60))
    )
    await review.see_all()
    assert await review.said() == Counter(range(60))


async def test_one_record_that_it_fails_at_is_named_and_nothing_goes_past_it(
    pool: Any, appender: Appender, review_pool: Any, owner: Any
) -> None:
    review = await a_release_with_the_reaction(pool, appender, review_pool)
    assert review.echo is not None
    review.echo.unable = {17}
    process = review.catching_up
    await ask(pool, owner)
    await advance(process)
    assert await review.said() == Counter(range(17))
    stopped = await review.extent()
    assert (stopped.walked, stopped.until) == (16, 29)
    assert stopped.stopped is not None
    assert "can't say 17" in stopped.stopped
    review.echo.unable.clear()
    await advance(process)
    assert await review.said() == Counter(range(30))
    assert await review.extent() == Extent("echo", "intake", since=29, done=29)


async def test_what_the_subscription_has_not_seen_is_waited_for(
    pool: Any, appender: Appender, review_pool: Any, owner: Any
) -> None:
    review = await a_release_with_the_reaction(pool, appender, review_pool)
    await fill(pool, appender, range(30, 40))
    await ask(pool, owner)
    await advance(review.catching_up)
    assert await review.said() == Counter(range(30))
    assert (await review.extent()).until == 39
    await review.see_all()
    await advance(review.catching_up)
    assert await review.said() == Counter(range(40))
    assert (await review.extent()).until is None
