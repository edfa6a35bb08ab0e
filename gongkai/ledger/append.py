"""Appending: the events of all waiting commands go into one transaction (group commit).

Versions are checked per stream; positions are dense and in commit order. A command that conflicts writes nothing
and hinders none of its neighbours; one said twice answers with its first result.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from weakref import WeakValueDictionary

from gongkai.contracts.envelope import Place
from gongkai.ledger.partition import partition_of
from gongkai.ledger.read import Connection, LogId

MAX_WAITING = 10_000  # commands; beyond it Full is raised instead of memory growing
MAX_BATCH = 256  # commands in one transaction


class Conflict(Exception):
    """Somebody else appended to the stream first: read it again and decide again."""


class Full(Exception):
    """Too many commands wait. Try again after a second (HTTP 503, Retry-After: 1)."""


@dataclass(frozen=True, slots=True)
class Write:
    """The events of one command, for one stream, which must be at version `expected` (0 = new)."""

    command: UUID
    stream: str
    expected: int
    events: tuple[tuple[UUID, bytes], ...]
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the last event of the command stands. `repeated`: the command had been carried out before."""

    place: Place
    repeated: bool = False


async def append(
    conn: Connection, log: LogId, partitions: int, now: datetime, writes: Sequence[Write]
) -> list[Appended | Conflict]:
    """Append in the caller's transaction. One result a write, in order."""
    rows = await conn.fetch(
        f"SELECT * FROM {log.schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        log.name,
        now,
        [w.command for w in writes],
        [w.stream for w in writes],
        [w.expected for w in writes],
        [len(w.events) for w in writes],
        [partition_of(w.stream, partitions) for w in writes],
        [w.trace for w in writes],
        [event_id for w in writes for event_id, _ in w.events],
        [record for w in writes for _, record in w.events],
    )
    return [_result(log, write, row) for write, row in zip(writes, rows, strict=True)]


def _result(log: LogId, write: Write, row: Any) -> Appended | Conflict:
    status: Literal["appended", "repeated", "conflict"] = row["status"]
    if status == "conflict":
        return Conflict(write.stream)
    return Appended(Place(log.name, row["at_partition"], row["last"]), status == "repeated")


@dataclass(slots=True)
class _Waiting:
    write: Write
    now: datetime
    done: "asyncio.Future[Appended]"


class Appender:
    """Collects the commands that wait and appends them together. One per log and process; several may share a log."""

    def __init__(self, pool: Any, log: LogId, partitions: int, workers: int = 2) -> None:
        self._pool, self._log, self._partitions = pool, log, partitions
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(MAX_WAITING)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._workers = [asyncio.create_task(self._work()) for _ in range(workers)]

    def turn(self, stream: str) -> asyncio.Lock:
        """One command at a time per stream in this process: only another process can still conflict."""
        return self._turns.setdefault(stream, asyncio.Lock())

    async def append(self, write: Write, now: datetime) -> Appended:
        """Durable when it returns. Raises Conflict, Full, or the database's own error."""
        waiting = _Waiting(write, now, asyncio.get_running_loop().create_future())
        try:
            self._waiting.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Full from None
        return await waiting.done

    async def _work(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            async with self._pool.acquire() as conn:
                results = await append(
                    conn, self._log, self._partitions, max(w.now for w in batch), [w.write for w in batch]
                )
        except Exception as error:  # told to every waiting command, so that none hangs
            for waiting in batch:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        for waiting, result in zip(batch, results, strict=True):
            if waiting.done.done():
                continue
            if isinstance(result, Conflict):
                waiting.done.set_exception(result)
            else:
                waiting.done.set_result(result)

    async def close(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        while not self._waiting.empty():
            self._waiting.get_nowait().done.cancel()
