"""Appending: the events of all waiting commands go into one transaction (group commit).

Versions are checked per stream; positions are dense and in commit order. A command that conflicts writes nothing
and hinders none of its neighbours; one said twice answers with its first result.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from gongkai.contracts.envelope import Place
from gongkai.ledger.failpoint import reach
from gongkai.ledger.observe import SILENT, Observer
from gongkai.ledger.partition import partition_of
from gongkai.ledger.read import Connection, LogId

MAX_WAITING = 10_000  # commands; beyond it Full is raised instead of memory growing
MAX_BATCH = 256  # commands in one transaction
FEW = 16  # commands that are not worth sharing out
BRISK, BRISK_EACH = (
    0.002,
    0.00005,
)  # seconds that a commit may take, and for each command in it, to be called quick
BULK = 512  # the same, where nobody waits for any single one of them


class Conflict(Exception):
    """Somebody else appended to the stream first: read it again and decide again."""


class GuardFailed(Conflict):
    """A stream that the decision was made on has moved: read it again and decide again."""


class Expired(Exception):
    """The last moment for this write is over. Nothing was written, and said again nothing would be."""


class Full(Exception):
    """Too many commands wait. Try again after a second (HTTP 503, Retry-After: 1)."""


@dataclass(frozen=True, slots=True)
class Write:
    """The events of one command, for one stream, which must be at version `expected` (0 = new). One event at least.

    Their ids follow from the command's (`seal_record`): by the first a command said twice is known. `guards`: other
    streams of the same log, with the version that each must be at (0 = nothing there); `not_after`: the last moment that
    may be its `committed_at`. Both are checked under the log's lock, together with the append.
    """

    stream: str
    expected: int
    events: tuple[tuple[UUID, bytes], ...]
    trace: str | None = None
    guards: tuple[tuple[str, int], ...] = ()
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where the last event of the command stands. `repeated`: the command had been carried out before."""

    place: Place
    repeated: bool = False


Result = Appended | Conflict | Expired
_REFUSALS: dict[str, type[Conflict] | type[Expired]] = {
    "conflict": Conflict,
    "guarded": GuardFailed,
    "expired": Expired,
}


async def append(
    conn: Connection, log: LogId, partitions: int, now: datetime, writes: Sequence[Write]
) -> list[Result]:
    """Append in the caller's transaction. One result a write, in order."""
    streams, versions, at, mores, traces, ids, records = _columns(writes, partitions)
    row = await conn.fetchrow(
        f"SELECT * FROM {log.schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        *(log.name, now, streams, versions, at),
        mores if any(mores) else None,
        traces if any(traces) else None,
        *(ids, records),
        *_guards(writes),
        _not_after(writes),
    )
    if row["status"] is None:  # all of it was appended, one after another
        return _in_a_row(log, writes, at, row["first"])
    judged = zip(writes, row["status"], row["last"], row["at_partition"], strict=True)
    return [
        _REFUSALS[status](write.stream)
        if status in _REFUSALS
        else Appended(Place(log.name, partition, last), status == "repeated")
        for write, status, last, partition in judged
    ]


def _guards(writes: Sequence[Write]) -> tuple[list[int] | None, list[str] | None, list[int] | None]:
    """By guard: the number of its command's first event, stream, version. Nothing where there are none."""
    if not any(write.guards for write in writes):
        return None, None, None
    rows, first = [], 1
    for write in writes:
        rows += [(first, *guard) for guard in write.guards]
        first += len(write.events)
    events, streams, versions = map(list, zip(*rows, strict=True))
    return events, streams, versions


def _not_after(writes: Sequence[Write]) -> list[datetime | None] | None:
    """By event, at the first of its command. Nothing where no command has a last moment."""
    if not any(write.not_after for write in writes):
        return None
    return [write.not_after if n == 0 else None for write in writes for n in range(len(write.events))]


def _columns(writes: Sequence[Write], partitions: int) -> tuple[list[Any], ...]:
    """By event: stream, version, partition, how many of its command follow, trace, id, record."""
    rows = [
        (write.stream, write.expected + n, partition, len(write.events) - n, write.trace, *event)
        for write in writes
        for partition in (partition_of(write.stream, partitions),)
        for n, event in enumerate(write.events, 1)
    ]
    return tuple(map(list, zip(*rows, strict=True)))


def _in_a_row(log: LogId, writes: Sequence[Write], partitions: Sequence[int], first: int) -> list[Result]:
    appended: list[Result] = []
    count = 0
    for write in writes:
        count += len(write.events)
        appended.append(Appended(Place(log.name, partitions[count - 1], first + count - 1)))
    return appended


async def append_many(
    pool: Any, log: LogId, partitions: int, now: datetime, writes: Iterable[Write]
) -> list[Result]:
    """Append in big batches, a transaction each: the way of an import. One result a write, in order.

    While the database works on one batch, the next is taken from `writes`, and may be made only then. When it
    raises, whole batches are in the log: said again, the same commands answer with their first results.
    """
    results: list[Result] = []
    rest = iter(writes)
    under_way: asyncio.Task[list[Result]] | None = None
    try:
        while (batch := list(islice(rest, BULK))) or under_way:
            if under_way is not None:
                results += await under_way
            under_way = asyncio.create_task(append(pool, log, partitions, now, batch)) if batch else None
            await asyncio.sleep(0)  # it is on its way before the next batch is made
    finally:
        if under_way is not None:
            under_way.cancel()
    return results


@dataclass(slots=True)
class _Waiting:
    write: Write
    now: datetime
    done: "asyncio.Future[Appended]"


class Appender:
    """Collects the commands that wait and appends them together. One per log and process; several may share a log.

    Two workers: while the database commits one batch, the next is collected and encoded. Where commits take long,
    it pays more to have all that waits in one of them: then the workers take turns.
    """

    def __init__(
        self, pool: Any, log: LogId, partitions: int, workers: int = 2, observer: Observer = SILENT
    ) -> None:
        self._pool, self._log, self._partitions, self._observer = pool, log, partitions, observer
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(MAX_WAITING)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slowness = 0.0  # of late: what a commit took by what a brisk one may take
        self._one_at_a_time = asyncio.Lock()
        self._committing = 0  # workers
        self._workers = [asyncio.create_task(self._work()) for _ in range(workers)]

    def turn(self, stream: str) -> asyncio.Lock:
        """One command at a time per stream in this process: only another process can still conflict."""
        return self._turns.setdefault(stream, asyncio.Lock())

    @property
    def waiting(self) -> int:
        """Commands in the queue."""
        return self._waiting.qsize()

    async def append(self, write: Write, now: datetime) -> Appended:
        """Durable when it returns. Raises Conflict, Expired, Full, or the database's own error."""
        joined = time.perf_counter()
        waiting = _Waiting(write, now, asyncio.get_running_loop().create_future())
        try:
            self._waiting.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Full from None
        appended = await waiting.done
        self._observer.appended(self._log.name, time.perf_counter() - joined)
        return appended

    async def _work(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            try:
                if self._slowness > 1:
                    async with self._one_at_a_time:
                        await self._commit(batch)
                else:
                    await self._commit(batch)
            except asyncio.CancelledError:
                for waiting in batch:
                    waiting.done.cancel()
                raise

    async def _commit(self, batch: list[_Waiting]) -> None:
        """These, and its share of what else waits by now."""
        share = self._share()
        while len(batch) < share and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        self._committing += 1
        try:
            await self._append(batch)
        finally:
            self._committing -= 1

    def _share(self) -> int:
        """Commands for one commit. Where they are quick, something is left for the worker that is free, so that one
        batch is collected while the other is on its way; what waits together would stay together for ever."""
        if self._slowness > 1:
            return MAX_BATCH
        free = len(self._workers) - self._committing
        return min(MAX_BATCH, max(FEW, -(-(1 + self._waiting.qsize()) // free)))

    async def _append(self, batch: list[_Waiting]) -> None:
        began = time.perf_counter()
        reach("append.before")
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
        reach("append.after")
        brisk = BRISK + BRISK_EACH * len(batch)
        self._slowness += ((time.perf_counter() - began) / brisk - self._slowness) / 8
        self._observer.committed(self._log.name, len(batch))
        for waiting, result in zip(batch, results, strict=True):
            if waiting.done.done():
                continue
            if isinstance(result, Appended):
                waiting.done.set_result(result)
            else:
                waiting.done.set_exception(result)

    async def close(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        while not self._waiting.empty():
            self._waiting.get_nowait().done.cancel()
