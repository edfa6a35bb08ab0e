"""Catching up: a reaction or a kind of deadline that came to a log with history is applied to it, when somebody asks.

The service itself does it, beside its work: batch by batch, each in one transaction with how far it has come, and with the
command ids of a live one. So a service that is killed, several replicas, or asking twice have each effect once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Final

import structlog

from gongkai.ledger import consumer_checkpoint, read, refold
from gongkai.ledger.acts_since import Extent, load
from gongkai.ledger.decider import carry_out_all
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.failpoint import reach
from gongkai.ledger.react import Reaction
from gongkai.ledger.read import DISCONNECTED, Connection, Entry, LogId, Pool, Session, cant_be_stored
from gongkai.ledger.timers import Deadlines

BATCH = 500  # records at a time
LOOK: Final = 1.0  # seconds between two looks for something to catch up
RETRY: Final = 30.0  # seconds until what stopped is tried again

_log = structlog.get_logger(__name__)


async def ask(conn: Connection, name: str, until: Mapping[str, int]) -> None:
    """Have it applied up to these positions, by log; as its service's owner. What is under way goes on to there."""
    await conn.executemany(
        "UPDATE acts_since SET walked = coalesce(walked, -1), until = $3, stopped = NULL WHERE name = $1 AND log = $2",
        [(name, log, position) for log, position in until.items()],
    )


@dataclass(slots=True)
class CatchUp:
    """Catches up a service's reactions and kinds of deadlines, as they are asked for.

    `subscription`: who follows `logs`; what it hasn't applied yet isn't history, and is waited for. `own`: the log that
    reactions write to. `deadlines` are folded from those `logs` that are in its schema.
    """

    pool: Pool
    subscription: str
    logs: Sequence[LogId]
    own: LogId
    partitions: int
    now: Callable[[Connection], Awaitable[datetime]]
    reactions: Mapping[str, Reaction]
    deadlines: Deadlines | None = None
    _limits: dict[tuple[str, str], int] = field(default_factory=dict)  # records in the next batch
    _retry: dict[tuple[str, str], float] = field(default_factory=dict)  # when (monotonic seconds)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                while await self.advance():
                    pass
            except Exception as error:
                _log.warning("catching up begins again", subscription=self.subscription, error=repr(error))

    async def advance(self) -> bool:
        """One batch of each that is asked for. False when nothing moved: all is done, stopped, or waits."""
        moved = False
        for extent in await load(self.pool):
            if extent.until is not None and self._ready(extent):
                moved |= await self._advance(extent)
        return moved

    def _ready(self, extent: Extent) -> bool:
        known = extent.name in self.reactions or (
            self.deadlines is not None and extent.name in self.deadlines.kinds
        )
        waits = (
            extent.stopped is not None and self._retry.get((extent.name, extent.log), 0) > time.monotonic()
        )
        return known and not waits

    async def _advance(self, extent: Extent) -> bool:
        """A batch that fails is tried again with half as many records, until the one is found that fails."""
        key = (extent.name, extent.log)
        limit = self._limits.get(key, BATCH)
        try:
            moved = await self._apply_batch(extent, limit)
        except Exception as error:
            if isinstance(error, DISCONNECTED) and not cant_be_stored(error):
                raise
            if limit > 1:
                self._limits[key] = limit // 2
                return True
            self._retry[key] = time.monotonic() + RETRY
            await self._stop(extent, error)
            return False
        self._limits[key] = min(BATCH, limit * 2)
        reach("catch-up.committed")
        return moved

    async def _apply_batch(self, extent: Extent, limit: int) -> bool:
        log = next(each for each in self.logs if each.name == extent.log)
        async with self.pool.acquire() as conn, conn.transaction():
            row = await conn.fetchrow(
                "SELECT walked, until FROM acts_since WHERE name = $1 AND log = $2 AND until IS NOT NULL FOR UPDATE",
                extent.name,
                log.name,
            )
            if row is None:
                return False  # another replica has done it
            walked, until = row
            seen = await consumer_checkpoint.load(conn, self.subscription)
            entries = [e for e in await read.after(conn, log, walked, limit) if e.place.position <= until]
            applied = list(
                takewhile(
                    lambda e: e.place.position <= seen[e.place.log, e.place.partition].position, entries
                )
            )
            if entries and not applied:
                return False
            reached = applied[-1].place.position if applied else until
            await self._note(conn, extent, reached, until)
            if applied:
                await self._apply(conn, extent.name, log, applied)
            reach("catch-up.applied")
        if reached >= until:
            _log.info("caught up", subscription=self.subscription, name=extent.name, log=log.name, at=reached)
        return True

    async def _note(self, conn: Connection, extent: Extent, reached: int, until: int) -> None:
        """Before anything is applied: kinds of deadlines look there what they act on."""
        left = reached < until
        await conn.execute(
            "UPDATE acts_since SET done = greatest(done, $3), walked = $4, until = $5, stopped = NULL"
            " WHERE name = $1 AND log = $2",
            extent.name,
            extent.log,
            reached,
            reached if left else None,
            until if left else None,
        )

    async def _apply(self, conn: Session, name: str, log: LogId, entries: Sequence[Entry]) -> None:
        reaction = self.reactions.get(name)
        if reaction is None:
            assert self.deadlines is not None
            await refold.refold_opened(
                conn, self.subscription, log, entries, self.deadlines, partitions=self.partitions
            )
            return
        now = await self.now(conn)
        intents = [i for e in entries for i in await reaction.react(conn, Delivered.of(e), now)]
        if intents:
            await carry_out_all(conn, self.own, self.partitions, now, intents)

    async def _stop(self, extent: Extent, error: Exception) -> None:
        _log.error("can't catch up", name=extent.name, log=extent.log, after=extent.walked, error=repr(error))
        await self.pool.execute(
            "UPDATE acts_since SET stopped = $3 WHERE name = $1 AND log = $2 AND until IS NOT NULL",
            extent.name,
            extent.log,
            f"{extent.log}, after {extent.walked}: {error!r}"[:2000],
        )
