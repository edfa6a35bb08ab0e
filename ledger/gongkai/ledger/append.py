"""Appending to a log, with group commit: the events of all waiting commands go into one transaction.

Versions are checked per stream; positions are dense and in commit order. A command that conflicts writes nothing and
doesn't affect the others; a command that is repeated returns its first result.
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
from gongkai.ledger.observe import NO_OBSERVER, Observer
from gongkai.ledger.partition import partition_of
from gongkai.ledger.read import Connection, LogId, Pool

MAX_WAITING = 10_000  # commands in the queue; beyond it Full is raised instead of memory growing
MAX_BATCH = 256  # commands in one transaction
MIN_SHARE = 16  # commands: a batch up to this size isn't split between workers
# Seconds below which a commit counts as fast: for the transaction, and for each command in it.
FAST_COMMIT, FAST_COMMIT_PER_COMMAND = 0.002, 0.00005
IMPORT_BATCH = 512  # commands in one transaction of an import, where nobody waits for a single one


class Conflict(Exception):
    """The stream isn't at the expected version: read it again and decide again."""


class GuardFailed(Conflict):
    """A guarding stream isn't at the expected version: read it again and decide again."""


class Expired(Exception):
    """The write's `not_after` has passed. Nothing was written; repeating it changes nothing."""


class Full(Exception):
    """Too many commands are waiting. Try again after a second (HTTP 503, Retry-After: 1)."""


@dataclass(frozen=True, slots=True)
class Write:
    """The events of one command, at least one, for one stream, which must be at version `expected` (0 = new).

    Event ids are derived from the command's (`seal_record`): a repeated command is recognised by its first event's id.
    `guards`: other streams of the same log, with the version that each must be at (0 = no events); `not_after`: the latest
    `committed_at` allowed. Both are checked under the log's lock, together with the append.
    """

    stream: str
    expected: int
    events: tuple[tuple[UUID, bytes], ...]
    trace: str | None = None
    guards: tuple[tuple[str, int], ...] = ()
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """The place of the command's last event. `repeated`: the command had been carried out before."""

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
    """Append in the caller's transaction. One result per write, in order."""
    streams, versions, at, remaining, traces, ids, records = _columns(writes, partitions)
    row = await conn.fetchrow(
        f"SELECT * FROM {log.schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        *(log.name, now, streams, versions, at),
        remaining if any(remaining) else None,
        traces if any(traces) else None,
        *(ids, records),
        *_guards(writes),
        _not_after(writes),
    )
    if row["status"] is None:  # everything was appended, at consecutive positions
        return _consecutive(log, writes, at, row["first"])
    results_by_write = zip(writes, row["status"], row["last"], row["at_partition"], strict=True)
    return [
        _REFUSALS[status](write.stream)
        if status in _REFUSALS
        else Appended(Place(log.name, partition, last), status == "repeated")
        for write, status, last, partition in results_by_write
    ]


def _guards(writes: Sequence[Write]) -> tuple[list[int] | None, list[str] | None, list[int] | None]:
    """By guard: number (from 1) of its command's first event, stream, version. None where no write has guards."""
    if not any(write.guards for write in writes):
        return None, None, None
    rows, first = [], 1
    for write in writes:
        rows += [(first, *guard) for guard in write.guards]
        first += len(write.events)
    events, streams, versions = map(list, zip(*rows, strict=True))
    return events, streams, versions


def _not_after(writes: Sequence[Write]) -> list[datetime | None] | None:
    """By event, set at the first one of its command. None where no write has a `not_after`."""
    if not any(write.not_after for write in writes):
        return None
    return [write.not_after if n == 0 else None for write in writes for n in range(len(write.events))]


def _columns(writes: Sequence[Write], partitions: int) -> tuple[list[Any], ...]:
    """By event: stream, version, partition, number of events of its command that follow, trace, id, record."""
    rows = [
        (write.stream, write.expected + n, partition, len(write.events) - n, write.trace, *event)
        for write in writes
        for partition in (partition_of(write.stream, partitions),)
        for n, event in enumerate(write.events, 1)
    ]
    return tuple(map(list, zip(*rows, strict=True)))


def _consecutive(log: LogId, writes: Sequence[Write], partitions: Sequence[int], first: int) -> list[Result]:
    appended: list[Result] = []
    count = 0
    for write in writes:
        count += len(write.events)
        appended.append(Appended(Place(log.name, partitions[count - 1], first + count - 1)))
    return appended


async def append_many(
    pool: Connection, log: LogId, partitions: int, now: datetime, writes: Iterable[Write]
) -> list[Result]:
    """Append in large batches, a transaction each, for an import. One result per write, in order.

    `writes` may be lazy: while the database works on one batch, the next is taken from it. After an exception the
    earlier batches are in the log, and the same commands may be repeated: they return their first results.
    """
    results: list[Result] = []
    rest = iter(writes)
    running: asyncio.Task[list[Result]] | None = None
    try:
        while (batch := list(islice(rest, IMPORT_BATCH))) or running:
            if running is not None:
                results += await running
            running = asyncio.create_task(append(pool, log, partitions, now, batch)) if batch else None
            await asyncio.sleep(0)  # so that it is sent before the next batch is made
    finally:
        if running is not None:
            running.cancel()
    return results


@dataclass(slots=True)
class _Waiting:
    write: Write
    now: datetime
    done: "asyncio.Future[Appended]"


class Appender:
    """Collects waiting commands and appends them together. One per log and process; several processes may share a log.

    Two workers: while the database commits one batch, the other collects and encodes the next. Where commits are slow,
    fewer and larger commits are faster: then the workers take turns.
    """

    def __init__(
        self, pool: Pool, log: LogId, partitions: int, workers: int = 2, observer: Observer = NO_OBSERVER
    ) -> None:
        self._pool, self._log, self._partitions, self._observer = pool, log, partitions, observer
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(MAX_WAITING)
        self._stream_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slowness = 0.0  # moving average of a commit's duration, divided by that of a fast one
        self._one_at_a_time = asyncio.Lock()
        self._committing = 0  # number of workers in a commit
        self._workers = [asyncio.create_task(self._work()) for _ in range(workers)]

    def stream_lock(self, stream: str) -> asyncio.Lock:
        """A lock for one command at a time on a stream in this process, so that only other processes can conflict."""
        return self._stream_locks.setdefault(stream, asyncio.Lock())

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
        """Commit these commands, and a share of those that are waiting by now."""
        share = self._share()
        while len(batch) < share and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        self._committing += 1
        try:
            await self._append(batch)
        finally:
            self._committing -= 1

    def _share(self) -> int:
        """Commands for one commit. Where commits are fast, some are left for the worker that is free, so that one batch is
        collected while the other is committed; otherwise commands that wait together would stay in one batch."""
        if self._slowness > 1:
            return MAX_BATCH
        free = len(self._workers) - self._committing
        return min(MAX_BATCH, max(MIN_SHARE, -(-(1 + self._waiting.qsize()) // free)))

    async def _append(self, batch: list[_Waiting]) -> None:
        began = time.perf_counter()
        reach("append.before")
        try:
            async with self._pool.acquire() as conn:
                results = await append(
                    conn, self._log, self._partitions, max(w.now for w in batch), [w.write for w in batch]
                )
        except Exception as error:  # raised to every waiting caller, so that none hangs
            for waiting in batch:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        reach("append.after")
        fast = FAST_COMMIT + FAST_COMMIT_PER_COMMAND * len(batch)
        self._slowness += ((time.perf_counter() - began) / fast - self._slowness) / 8
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
