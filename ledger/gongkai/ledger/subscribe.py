"""Subscriptions: a service applies the records of other logs, each once and in order.

Effects and consumer checkpoint are written in one transaction. Records applied already are skipped; a gap, or a record
that isn't the log's, is read from the log; a record whose cause isn't applied yet waits for it. An exception stops its
partition, which is retried and never goes past it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Protocol

import structlog

from gongkai.contracts.envelope import Place, Record
from gongkai.ledger import consumer_checkpoint, read
from gongkai.ledger.consumer_checkpoint import ConsumerAheadOfLog
from gongkai.ledger.decider import Contended, carry_out_all
from gongkai.ledger.delivery import (
    Delivered,
    LogPartition,
    UnverifiedRecord,
    in_causal_order,
    verify_against_log,
)
from gongkai.ledger.failpoint import reach
from gongkai.ledger.observe import NO_OBSERVER, Observer
from gongkai.ledger.react import Reaction
from gongkai.ledger.read import Connection, LogId, Pool, Session

RETRY = (0.2, 1.0, 3.0, 10.0, 30.0)  # seconds until a stopped partition is retried: first, second, … time
WATCH_INTERVAL = 1.0  # seconds between reads of the log for records that Kafka hasn't delivered
ASK_LOG_AFTER = 0.5  # seconds that `wait_for` waits for Kafka before it reads the log
MAX_IN_TRANSACTION = 500  # records
WATCH_BATCH = 5_000  # entries that `watch` reads at a time

_log = structlog.get_logger(__name__)


class Handler(Protocol):
    """Something that changes tables: a projection or timers. Runs in the subscription's transaction."""

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None: ...


def _any_type(_: Record) -> None: ...


@dataclass(slots=True)
class _Stopped:
    until: float  # of the monotonic clock: when to retry; inf: not before an operator resumes it
    tries: int


@dataclass(slots=True)
class Subscription:
    """A service's subscription to the logs it follows.

    `handlers` change tables, `reactions` append to the service's `own` log. `check_type` raises for a record of a type
    that this program doesn't know. `seen`: the checkpoints, as last read or written.
    """

    name: str
    pool: Pool
    logs: Sequence[LogId]
    partitions: int
    now: Callable[[Connection], Awaitable[datetime]]
    handlers: Sequence[Handler] = ()
    reactions: Sequence[Reaction] = ()
    own: LogId | None = None
    check_type: Callable[[Record], object] = _any_type
    observer: Observer = NO_OBSERVER
    seen: dict[LogPartition, int] = field(default_factory=dict)
    _behind: set[LogPartition] = field(default_factory=set)
    _stopped: dict[LogPartition, _Stopped] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _catch_up_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    # By log, the position up to which `watch` has found everything applied, except in stopped partitions.
    _applied_up_to: dict[str, int] = field(default_factory=dict)

    async def open(self) -> None:
        """Load the checkpoints, and catch up from the logs. Call it once, before `deliver`."""
        keys = [(log.name, partition) for log in self.logs for partition in range(self.partitions)]
        await consumer_checkpoint.insert_missing(self.pool, self.name, keys)
        async with self._lock:
            await self._reload()
        self._behind.update(keys)
        await self.catch_up()

    async def deliver(self, arrived: Mapping[LogPartition, Sequence[UnverifiedRecord]]) -> None:
        """Take records from Kafka. Returns when they are applied, or left to `catch_up`."""
        async with self._lock:
            accepted = {k: r for k, r in arrived.items() if k in self.seen and k not in self._stopped}
            verified = await verify_against_log(self.pool, self.logs, accepted, self.seen)
            for log, partition in sorted(verified.foreign):
                _log.error("not in the log", subscription=self.name, log=log, partition=partition)
            self._behind |= verified.with_gap
            if verified.batches:
                await self._apply(verified.batches)
        if self._behind:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Read from the log what is missing, deferred, or due for a retry, and apply it."""
        async with self._lock:
            for key, stop in self._stopped.items():
                (self._behind.add if stop.until <= time.monotonic() else self._behind.discard)(key)
            stuck = False
            while self._behind and not stuck:
                before = dict(self.seen)
                batches = {key: await self._read_missing(key) for key in sorted(self._behind)}
                self._behind = {key for key, batch in batches.items() if len(batch) == MAX_IN_TRANSACTION}
                if found := {key: batch for key, batch in batches.items() if batch}:
                    await self._apply(found)
                stuck = before == self.seen

    @property
    def stopped(self) -> frozenset[LogPartition]:
        """The partitions that are stopped."""
        return frozenset(self._stopped)

    async def watch(self) -> None:
        """Compare the checkpoints with the logs every WATCH_INTERVAL, so that nothing is lost when Kafka loses records."""
        last: dict[LogPartition, int] = {}
        while True:
            await asyncio.sleep(WATCH_INTERVAL)
            try:
                async with self._lock:
                    await self._reload()
                heads = await self._heads()
                lagging = {key for key, head in heads.items() if head > self.seen[key]}
                self._behind.update(key for key in lagging if last.get(key) == self.seen[key])
                last = {key: self.seen[key] for key in lagging}
                await self.catch_up()
            except Exception as error:
                _log.warning("watch failed", subscription=self.name, error=repr(error))

    async def wait_for(self, place: Place, seconds: float = 5.0) -> bool:
        """Wait until the record at that place has been applied; False when that takes longer than `seconds`.

        The log is read after ASK_LOG_AFTER, since Kafka may be slow (while a consumer group is forming).
        """
        key = (place.log, place.partition)
        if key not in self.seen or await self._seen_within(place, min(ASK_LOG_AFTER, seconds)):
            return True
        async with self._catch_up_lock:  # of many waiting callers, one catches up for all
            if self.seen[key] < place.position:
                self._behind.update(self.seen)  # its cause may be in any of them
                await self.catch_up()
        return await self._seen_within(place, max(0.0, seconds - ASK_LOG_AFTER))

    async def _seen_within(self, place: Place, seconds: float) -> bool:
        key = (place.log, place.partition)
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self.seen[key] >= place.position)
        except TimeoutError:
            return False
        return True

    # -- inside the lock

    async def _read_missing(self, key: LogPartition) -> list[Delivered]:
        log = next(log for log in self.logs if log.name == key[0])
        entries = await read.partition_after(self.pool, log, key[1], self.seen[key], MAX_IN_TRANSACTION)
        return [Delivered.of(entry) for entry in entries]

    async def _heads(self) -> dict[LogPartition, int]:
        """The last position of each partition, among the entries that weren't found applied or stopped before.

        Reads up to the first batch that shows a partition to lag that isn't stopped: more would change nothing.
        """
        heads: dict[LogPartition, int] = {}
        for log in self.logs:
            applied = min(self.seen[log.name, partition] for partition in range(self.partitions))
            at, late = max(self._applied_up_to.get(log.name, -1), applied), set[LogPartition]()
            while late <= self._stopped.keys() and (found := await self._heads_in_batch(log, at)):
                heads |= found
                at = max(found.values())
                late |= {key for key, head in found.items() if head > self.seen[key]}
                if late <= self._stopped.keys():
                    self._applied_up_to[log.name] = at
        return heads

    async def _heads_in_batch(self, log: LogId, after: int) -> dict[LogPartition, int]:
        rows = await self.pool.fetch(
            "SELECT partition, max(position) AS head"
            f" FROM (SELECT partition, position FROM {log.schema}.log_entry"
            " WHERE log = $1 AND position > $2 ORDER BY position LIMIT $3) AS next GROUP BY partition",
            log.name,
            after,
            WATCH_BATCH,
        )
        return {(log.name, row["partition"]): row["head"] for row in rows}

    async def _reload(self) -> None:
        """Read the checkpoints: another replica may have advanced them, an operator may have resumed a partition, or a
        backup may have been restored."""
        known = await consumer_checkpoint.load(self.pool, self.name)
        for key in [key for key, at in known.items() if at.position < self.seen.get(key, -1)]:
            self._applied_up_to.pop(key[0], None)
        async with self._moved:
            self.seen.update({key: at.position for key, at in known.items()})
            self._moved.notify_all()
        for key in [key for key in self._stopped if known[key].stopped is None]:
            self._clear_stop(key)
            self._behind.add(key)
        ahead = await consumer_checkpoint.find_ahead_of_log(self.pool, self.logs, known)
        for key, error in ahead.items():
            self._applied_up_to.pop(key[0], None)  # the log was replaced
            if key not in self._stopped:
                await self._stop(key, str(error), error)
        for key in [key for key, stop in self._stopped.items() if stop.until == inf and key not in ahead]:
            await consumer_checkpoint.resume(self.pool, self.name, key)  # noticed at the next reload

    async def _apply(self, batches: Mapping[LogPartition, Sequence[Delivered]]) -> None:
        """Apply all in one transaction; if that fails, each partition in its own; if that fails, record by record up to the
        one that fails."""
        try:
            await self._transact(batches)
        except (OSError, asyncio.CancelledError):
            raise
        except Exception as error:
            if len(batches) > 1:
                for key, batch in batches.items():
                    await self._apply({key: batch})
            elif (batch := next(iter(batches.values()))) and len(batch) > 1:
                for one in batch:
                    await self._apply({one.key: [one]})
                    if self.seen[one.key] < one.place.position:
                        break
            else:
                await self._stop(batch[0].key, f"{batch[0].place}: {error!r}", error)

    async def _stop(self, key: LogPartition, why: str, error: Exception) -> None:
        tries = self._stopped[key].tries + 1 if key in self._stopped else 0
        pause = inf if isinstance(error, ConsumerAheadOfLog) else RETRY[min(tries, len(RETRY) - 1)]
        self._stopped[key] = _Stopped(time.monotonic() + pause, tries)
        if not isinstance(error, Contended):
            _log.error("partition stopped", subscription=self.name, partition=key, why=why, tries=tries)
        await consumer_checkpoint.mark_stopped(self.pool, self.name, key, why)

    async def _transact(self, batches: Mapping[LogPartition, Sequence[Delivered]]) -> None:
        async with self.pool.acquire() as conn, conn.transaction():
            seen = await consumer_checkpoint.lock_positions(conn, self.name, batches)
            # Checkpoints that were set back (a restored backup): read again from there.
            set_back = {key for key in batches if seen[key] < self.seen[key]}
            ordered, deferred = in_causal_order(
                {key: batch for key, batch in batches.items() if key not in set_back}, {**self.seen, **seen}
            )
            if ordered:
                for what in ordered:
                    self.check_type(what.record)
                with self.observer.applying(self.name, ordered) as traced:
                    for handler in self.handlers:
                        await handler.apply(conn, traced)
                    await self._react(conn, traced)
                seen |= {what.key: what.place.position for what in ordered}
                await consumer_checkpoint.advance(conn, self.name, ordered)
                reach("consumer.applied")
        self._behind.update(deferred, set_back)
        for log, _ in set_back:
            self._applied_up_to.pop(log, None)
        async with self._moved:
            self.seen.update(seen)
            self._moved.notify_all()
        for key in {what.key for what in ordered}:
            self._clear_stop(key)

    def _clear_stop(self, key: LogPartition) -> None:
        if self._stopped.pop(key, None) is not None:
            self._applied_up_to.pop(key[0], None)

    async def _react(self, conn: Session, ordered: Sequence[Delivered]) -> None:
        if not self.reactions or self.own is None:
            return
        now = await self.now(conn)
        intents = [
            i
            for what in ordered
            for reaction in self.reactions
            for i in await reaction.react(conn, what, now)
        ]
        if intents:
            await carry_out_all(conn, self.own, self.partitions, now, intents)
