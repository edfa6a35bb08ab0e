"""Time passes here and nowhere else. Due moments are folded from events into `timer`; when one passes, its command
is issued once: the id follows from what is due, so a restart in between changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg
import structlog

from gongkai.ledger.read import Connection

CLOCK_CHANNEL = "gongkai.clock"
TICK = 1.0  # seconds between looks, unless a simulated clock moves sooner
AT_ONCE = 200

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """Something falls due for a stream: `kind` says what."""

    kind: str
    stream: str
    at: datetime

    @property
    def command(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"gongkai:timer/{self.kind}/{self.stream}/{self.at.isoformat()}")


async def put(conn: Connection, due: Due) -> None:
    """Set or move a timer. In the transaction of the event that it follows from."""
    await conn.execute(
        "INSERT INTO timer (kind, stream, due_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (kind, stream) DO UPDATE SET due_at = excluded.due_at, fired = false"
        " WHERE timer.due_at <> excluded.due_at",
        due.kind,
        due.stream,
        due.at,
    )


async def drop(conn: Connection, kind: str, stream: str) -> None:
    """It has been settled: nothing falls due any more."""
    await conn.execute("DELETE FROM timer WHERE kind = $1 AND stream = $2", kind, stream)


@dataclass(slots=True)
class Timers:
    """Issues what is due. `issue` carries out the command and is safe to call twice."""

    dsn: str
    pool: Any
    now: Callable[[Connection], Awaitable[datetime]]
    issue: Callable[[Due, datetime], Awaitable[None]]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                _log.warning("timers begin again", error=repr(error))
            await asyncio.sleep(0.3)

    async def _listen(self) -> None:
        conn = await asyncpg.connect(self.dsn)
        try:
            await conn.add_listener(CLOCK_CHANNEL, lambda *_: self._woken.set())
            while not conn.is_closed():
                self._woken.clear()
                await self.fire()
                try:
                    await asyncio.wait_for(self._woken.wait(), TICK)
                except TimeoutError:
                    continue
        finally:
            conn.terminate()

    async def fire(self) -> int:
        """Issue everything due by now. Returns how many."""
        fired = 0
        while True:
            now = await self.now(self.pool)
            rows = await self.pool.fetch(
                "SELECT kind, stream, due_at FROM timer WHERE NOT fired AND due_at <= $1"
                " ORDER BY due_at, kind, stream LIMIT $2",
                now,
                AT_ONCE,
            )
            if not rows:
                return fired
            for row in rows:
                due = Due(row["kind"], row["stream"], row["due_at"])
                await self.issue(due, now)
                await self.pool.execute(
                    "UPDATE timer SET fired = true WHERE kind = $1 AND stream = $2 AND due_at = $3",
                    due.kind,
                    due.stream,
                    due.at,
                )
                fired += 1
