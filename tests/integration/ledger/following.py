"""A subscription that remembers what was applied, and the log that it follows as Kafka would deliver it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongkai.contracts.envelope import Place
from gongkai.ledger import read
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.ledger.delivery import Delivered, LogPartition, UnverifiedRecord
from gongkai.ledger.subscribe import Subscription
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, count, number, wall


@dataclass
class Memory:
    """Remembers what was applied; raises for the numbers in `bad`."""

    applied: list[Place] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if number(what.record) in self.bad:
                raise ValueError("a handler that raises")
        self.applied += [what.place for what in batch]
        self.numbers += [number(what.record) for what in batch]


def subscription(
    pool: Any, memory: Memory, *, name: str = "review", logs: Sequence[Any] = (INTAKE,)
) -> Subscription:
    return Subscription(name, pool, logs, PARTITIONS, wall, handlers=[memory])


async def arrivals(pool: Any) -> dict[LogPartition, list[UnverifiedRecord]]:
    """The whole log as Kafka would bring it."""
    arrived: dict[LogPartition, list[UnverifiedRecord]] = {}
    for entry in await read.after(pool, INTAKE, -1, 10_000):
        key = (entry.place.log, entry.place.partition)
        arrived.setdefault(key, []).append(UnverifiedRecord(entry.place.position, entry.raw))
    return arrived


async def fill(pool: Any, appender: Appender, numbers: Sequence[int]) -> None:
    for n in numbers:
        await carry_out(pool, appender, INTAKE, count(f"counter-{n % 9}", n), NOW)
