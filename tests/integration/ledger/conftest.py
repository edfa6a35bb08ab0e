"""A log of plain facts: the ledger knows nothing of the domain, and neither do its tests."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import pytest

from gongkai.contracts.envelope import Place, Record
from gongkai.ledger.append import Appender
from gongkai.ledger.cancellation import cancel_and_wait
from gongkai.ledger.decider import Intent
from gongkai.ledger.read import LogId
from gongkai.ledger.streams import Aggregate
from gongkai.operate.databases.cluster import Cluster

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
PARTITIONS = 4
INTAKE = LogId("intake", "intake")
REVIEW = LogId("review", "review")


@dataclass(frozen=True)
class Counted:
    """The plainest of facts."""

    NAME: ClassVar[str] = "Counted"
    VERSION: ClassVar[int] = 1
    SERVICE: ClassVar[str] = "intake"

    n: int
    at: datetime = NOW

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        return {"n": self.n}


COUNTER: Aggregate[int] = Aggregate(
    0, lambda state, fact: state + fact.n, lambda record: Counted(record.data["n"])
)


def count(stream: str, n: int = 1, *, command: UUID | None = None, cause: Place | None = None) -> Intent[int]:
    return Intent(command or uuid4(), stream, COUNTER, lambda _: [Counted(n)], cause=cause)


def number(record: Record) -> int:
    return int(record.data["n"])


@pytest.fixture
async def pool(fresh_database: Cluster) -> AsyncIterator[Any]:
    """As the service intake would be connected."""
    async with asyncpg.create_pool(fresh_database.dsn("intake_writer"), min_size=2, max_size=8) as made:
        yield made


@pytest.fixture
async def review_pool(fresh_database: Cluster) -> AsyncIterator[Any]:
    async with asyncpg.create_pool(fresh_database.dsn("review_writer"), min_size=2, max_size=8) as made:
        yield made


@pytest.fixture
async def appender(pool: Any) -> AsyncIterator[Appender]:
    made = Appender(pool, INTAKE, PARTITIONS)
    yield made
    await made.close()


async def wall(_: Any) -> datetime:
    return NOW


@asynccontextmanager
async def running(*jobs: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        await cancel_and_wait(*tasks)
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def until(condition: Any, seconds: float = 30) -> float:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it took too long"
        await asyncio.sleep(0.01)
    return time.monotonic() - start
