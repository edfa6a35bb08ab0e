"""Subscribing: batches in, effects and checkpoint in one transaction, nothing lost and nothing twice.

What was seen is skipped; a gap, or a record that isn't the log's, is read from the log; one whose cause hasn't been
seen yet waits for it; an exception stops its partition, which goes on by retry and never past it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any, Protocol

import structlog

from gongkai.contracts.envelope import Place, Record
from gongkai.ledger import consumer_checkpoint, read
from gongkai.ledger.append import Conflict
from gongkai.ledger.consumer_checkpoint import Ahead
from gongkai.ledger.delivery import Arrived, Delivered, Key, in_causal_order, prove
from gongkai.ledger.failpoint import reach
from gongkai.ledger.observe import SILENT, Observer
from gongkai.ledger.react import Reaction, carry_out_all
from gongkai.ledger.read import Connection, LogId

RETRY = (0.2, 1.0, 3.0, 10.0, 30.0)  # seconds until a stopped partition is tried again
WATCH = 1.0  # seconds between looks at the log for what Kafka should have brought
IMPATIENCE = 0.5  # seconds that a page waits for Kafka before it asks the log
MAX_IN_TRANSACTION = 500  # records
LOOKED = 5_000  # records that `watch` looks through at a time

_log = structlog.get_logger(__name__)


class Handler(Protocol):
    """Something that changes tables: a projection, a docket, timers. Runs in the subscription's transaction."""

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None: ...


def _no_questions(_: Record) -> None: ...


@dataclass(slots=True)
class _Stopped:
    until: float
    tries: int


@dataclass(slots=True)
class Subscription:
    """One service's place in the logs it follows."""

    name: str
    pool: Any
    logs: Sequence[LogId]
    partitions: int
    now: Callable[[Connection], Awaitable[datetime]]
    handlers: Sequence[Handler] = ()
    reactions: Sequence[Reaction] = ()
    own: LogId | None = None
    understand: Callable[[Record], object] = _no_questions  # raises for what nobody here may guess at
    observer: Observer = SILENT
    seen: dict[Key, int] = field(default_factory=dict)
    _behind: set[Key] = field(default_factory=set)
    _stopped: dict[Key, _Stopped] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    # Up to where the last look found each log applied, but for what is stopped.
    _known: dict[str, int] = field(default_factory=dict)

    async def open(self) -> None:
        """Take up the checkpoints, and catch up from the logs with whatever Kafka may have forgotten."""
        keys = [(log.name, partition) for log in self.logs for partition in range(self.partitions)]
        await consumer_checkpoint.enter(self.pool, self.name, keys)
        async with self._lock:
            await self._reload()
        self._behind.update(keys)
        await self.repair()

    async def deliver(self, arrived: Mapping[Key, Sequence[Arrived]]) -> None:
        """Take in what Kafka brought. Returns when it is applied, or left to `repair`."""
        async with self._lock:
            open_to = {k: r for k, r in arrived.items() if k in self.seen and k not in self._stopped}
            proved = await prove(self.pool, self.logs, open_to, self.seen)
            for log, partition in sorted(proved.foreign):
                _log.error("not in the log", subscription=self.name, log=log, partition=partition)
            self._behind |= proved.broken
            if proved.batches:
                await self._apply(proved.batches)
        if self._behind:
            await self.repair()

    async def repair(self) -> None:
        """Read from the log whatever is missing, deferred, or due for another try."""
        async with self._lock:
            for key, stop in self._stopped.items():
                (self._behind.add if stop.until <= time.monotonic() else self._behind.discard)(key)
            stuck = False
            while self._behind and not stuck:
                before = dict(self.seen)
                batches = {key: await self._from_log(key) for key in sorted(self._behind)}
                self._behind = {key for key, batch in batches.items() if len(batch) == MAX_IN_TRANSACTION}
                if found := {key: batch for key, batch in batches.items() if batch}:
                    await self._apply(found)
                stuck = before == self.seen

    @property
    def stopped(self) -> frozenset[Key]:
        """The partitions that don't go on."""
        return frozenset(self._stopped)

    async def watch(self) -> None:
        """Look into the logs now and then, so that nothing depends on Kafka's memory."""
        last: dict[Key, int] = {}
        while True:
            await asyncio.sleep(WATCH)
            try:
                async with self._lock:
                    await self._reload()
                heads = await self._heads()
                lagging = {key for key, head in heads.items() if head > self.seen[key]}
                self._behind.update(key for key in lagging if last.get(key) == self.seen[key])
                last = {key: self.seen[key] for key in lagging}
                await self.repair()
            except Exception as error:
                _log.warning("watch failed", subscription=self.name, error=repr(error))

    async def wait_for(self, place: Place, seconds: float = 5.0) -> bool:
        """Until the record at that place has been applied here; False when it takes longer.

        Where Kafka takes its time (a group that is still forming), the log is asked after a moment.
        """
        key = (place.log, place.partition)
        if key not in self.seen or await self._seen_within(place, min(IMPATIENCE, seconds)):
            return True
        async with self._asking:  # of many that wait, one asks for all
            if self.seen[key] < place.position:
                self._behind.update(self.seen)  # its cause may be in any of them
                await self.repair()
        return await self._seen_within(place, max(0.0, seconds - IMPATIENCE))

    async def _seen_within(self, place: Place, seconds: float) -> bool:
        key = (place.log, place.partition)
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self.seen[key] >= place.position)
        except TimeoutError:
            return False
        return True

    # -- inside the lock

    async def _from_log(self, key: Key) -> list[Delivered]:
        log = next(log for log in self.logs if log.name == key[0])
        entries = await read.partition_after(self.pool, log, key[1], self.seen[key], MAX_IN_TRANSACTION)
        return [Delivered.of(entry) for entry in entries]

    async def _heads(self) -> dict[Key, int]:
        """The last position of each partition, of all that wasn't found applied or stopped before; up to the first look
        that shows one to lag that isn't stopped, since a longer one would tell no more."""
        heads: dict[Key, int] = {}
        for log in self.logs:
            applied = min(self.seen[log.name, partition] for partition in range(self.partitions))
            at, late = max(self._known.get(log.name, -1), applied), set[Key]()
            while late <= self._stopped.keys() and (found := await self._look(log, at)):
                heads |= found
                at = max(found.values())
                late |= {key for key, head in found.items() if head > self.seen[key]}
                if late <= self._stopped.keys():
                    self._known[log.name] = at
        return heads

    async def _look(self, log: LogId, after: int) -> dict[Key, int]:
        rows = await self.pool.fetch(
            "SELECT partition, max(position) AS head"
            f" FROM (SELECT partition, position FROM {log.schema}.log_entry"
            " WHERE log = $1 AND position > $2 ORDER BY position LIMIT $3) AS next GROUP BY partition",
            log.name,
            after,
            LOOKED,
        )
        return {(log.name, row["partition"]): row["head"] for row in rows}

    async def _reload(self) -> None:
        """What the database says: a replica may have been quicker, an operator may have lifted a stop, and somebody
        may have restored a backup."""
        known = await consumer_checkpoint.load(self.pool, self.name)
        for key in [key for key, at in known.items() if at.position < self.seen.get(key, -1)]:
            self._known.pop(key[0], None)
        async with self._moved:
            self.seen.update({key: at.position for key, at in known.items()})
            self._moved.notify_all()
        for key in [key for key in self._stopped if known[key].stopped is None]:
            self._go_on(key)
            self._behind.add(key)
        ahead = await consumer_checkpoint.ahead(self.pool, self.logs, known)
        for key, error in ahead.items():
            self._known.pop(key[0], None)  # the log is another one than it was
            if key not in self._stopped:
                await self._stop(key, str(error), error)
        for key in [key for key, stop in self._stopped.items() if stop.until == inf and key not in ahead]:
            await consumer_checkpoint.resume(self.pool, self.name, key)  # seen at the next look

    async def _apply(self, batches: Mapping[Key, Sequence[Delivered]]) -> None:
        """Apply together; where that fails, each partition alone; where that fails, record by record up to the bad one."""
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

    async def _stop(self, key: Key, why: str, error: Exception) -> None:
        tries = self._stopped[key].tries + 1 if key in self._stopped else 0
        pause = inf if isinstance(error, Ahead) else RETRY[min(tries, len(RETRY) - 1)]
        self._stopped[key] = _Stopped(time.monotonic() + pause, tries)
        if not isinstance(error, Conflict):
            _log.error("partition stopped", subscription=self.name, partition=key, why=why, tries=tries)
        await consumer_checkpoint.stop(self.pool, self.name, key, why)

    async def _transact(self, batches: Mapping[Key, Sequence[Delivered]]) -> None:
        async with self.pool.acquire() as conn, conn.transaction():
            seen = await consumer_checkpoint.lock(conn, self.name, batches)
            # Somebody set these back: they are read again from there.
            back = {key for key in batches if seen[key] < self.seen[key]}
            ordered, deferred = in_causal_order(
                {key: batch for key, batch in batches.items() if key not in back}, {**self.seen, **seen}
            )
            if ordered:
                for what in ordered:
                    self.understand(what.record)
                with self.observer.applying(self.name, ordered) as traced:
                    for handler in self.handlers:
                        await handler.apply(conn, traced)
                    await self._react(conn, traced)
                seen |= {what.key: what.place.position for what in ordered}
                await consumer_checkpoint.move(conn, self.name, ordered)
                reach("consumer.applied")
        self._behind.update(deferred, back)
        for log, _ in back:
            self._known.pop(log, None)
        async with self._moved:
            self.seen.update(seen)
            self._moved.notify_all()
        for key in {what.key for what in ordered}:
            self._go_on(key)

    def _go_on(self, key: Key) -> None:
        if self._stopped.pop(key, None) is not None:
            self._known.pop(key[0], None)

    async def _react(self, conn: Connection, ordered: Sequence[Delivered]) -> None:
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
