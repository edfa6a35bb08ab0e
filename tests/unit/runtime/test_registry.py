"""The replica of the register: who waited for a look gets what it found, never what was known before."""

import asyncio
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

from gongkai.ledger.read import LogId
from gongkai.runtime.registry import Replica

LOG = LogId("intake", "intake")
EXAMPLE = files("gongkai.contracts") / "examples" / "SystemRegistered.v1.json"


@dataclass
class Pool:
    """An empty log; those of its looks that `fails` names find no database. Each takes a turn of the loop."""

    fails: set[int]
    looks: int = 0
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetchval(self, *_: Any) -> int:
        self.looks += 1
        mine = self.looks
        await self.waiting.wait()
        if mine in self.fails:
            raise OSError("the database is away")
        return 0


async def at_once(pool: Any, many: int) -> list[Any]:
    """So many who ask while the first one's look is under way."""
    replica = Replica(pool, [LOG])
    asking = [asyncio.create_task(replica.sync()) for _ in range(many)]
    await asyncio.sleep(0)
    pool.waiting.set()
    return await asyncio.gather(*asking, return_exceptions=True)


async def test_who_waited_for_a_look_that_failed_looks_himself() -> None:
    pool = Pool(fails={1, 2})
    first, second, third = await at_once(pool, 3)
    assert isinstance(first, OSError)
    assert isinstance(second, OSError)
    assert not isinstance(third, OSError)
    assert pool.looks == 3


async def test_a_look_that_began_after_all_of_them_came_serves_all_of_them() -> None:
    pool = Pool(fails=set())
    assert len(await at_once(pool, 5)) == 5
    assert pool.looks == 2  # the one under way may have missed what they ask for


@pytest.mark.parametrize("fails", [{1}, {2}])
async def test_one_failure_is_told_to_one_and_hidden_from_nobody(fails: set[int]) -> None:
    found = await at_once(Pool(fails), 4)
    assert [isinstance(answer, OSError) for answer in found] == [number + 1 in fails for number in range(4)]


@dataclass
class Log:
    """A log whose size and entries are as told; each look is written down."""

    entries: list[dict[str, Any]]
    asked_after: list[int] = field(default_factory=list)

    async def fetchval(self, *_: Any) -> int:
        return len(self.entries)

    async def fetch(self, _: str, __: str, position: int, *___: Any) -> list[dict[str, Any]]:
        self.asked_after.append(position)
        return [entry for entry in self.entries if entry["position"] > position]


def entry(position: int, record: bytes) -> dict[str, Any]:
    beside = {"stream": "system-a", "version": 1, "event_id": None, "committed_at": None, "trace": None}
    return {"log": "intake", "partition": 0, "position": position, "record": record, **beside}


async def test_each_entry_is_looked_through_once_also_after_one_that_cannot_be_read() -> None:
    good, bad = EXAMPLE.read_bytes(), b"{}"
    log: Any = Log([entry(0, good), entry(1, bad)])
    replica = Replica(log, [LOG])
    with pytest.raises(ValidationError):
        await replica.sync()
    log.entries[1] = entry(1, good)
    await replica.sync()
    await replica.sync()
    log.entries.append(entry(2, good))
    await replica.sync()
    assert log.asked_after == [-1, 0, 1]
