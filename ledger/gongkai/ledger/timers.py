"""Timers: due moments are folded from events into the table `timer`; when one passes, its command is issued once.

The command's id is derived from what is due, so that neither a restart nor a clock that is set back issues it twice.
What due moments are computed with (a calendar) may change: then they are folded again (`refold`), and open timers move.
Nothing else in the system depends on time passing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import NAMESPACE_URL, UUID

import asyncpg
import structlog

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.envelope import Record
from gongkai.ledger import read
from gongkai.ledger.acts_since import Since
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.failpoint import reach
from gongkai.ledger.read import DISCONNECTED, Connection, Pool

CLOCK_CHANNEL = "gongkai.clock"
TICK = 1.0  # seconds between two checks for due timers; a simulated clock that moves notifies sooner
BATCH = 200  # timers read at a time
RETRY = (1.0, 5.0, 30.0)  # seconds until a timer whose command failed is retried: first, second, … time

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment of a stream. `kind` says what is due."""

    kind: str
    stream: str
    at: datetime

    @property
    def command(self) -> UUID:
        return derived_id(NAMESPACE_URL, f"gongkai:timer/{self.kind}/{self.stream}/{self.at.isoformat()}")


async def put(conn: Connection, due: Due) -> None:
    """Set or move a timer, in the transaction of the event that it is computed from."""
    await conn.execute(
        "INSERT INTO timer (kind, stream, due_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (kind, stream) DO UPDATE SET due_at = excluded.due_at, fired = false"
        " WHERE timer.due_at <> excluded.due_at",
        due.kind,
        due.stream,
        due.at,
    )


async def drop(conn: Connection, kind: str, stream: str) -> None:
    """Delete a timer: nothing is due any more."""
    await conn.execute("DELETE FROM timer WHERE kind = $1 AND stream = $2", kind, stream)


async def computed_with(conn: Connection) -> str | None:
    """The basis that the stored timers were computed with; None before the first fold."""
    basis: str | None = await conn.fetchval("SELECT basis FROM timer_basis")
    return basis


class Deadlines(Protocol):
    """How a service folds due moments from its events, and what it does when one passes."""

    @property
    def basis(self) -> str:
        """Identifies what due moments are computed with (the calendar, the rules): a change makes all be computed again."""
        ...

    @property
    def kinds(self) -> Mapping[str, Since]:
        """The kinds of timers, and since when each is there."""
        ...

    def opens(self, record: Record) -> bool:
        """Whether this record sets a timer of its stream."""
        ...

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        """A timer depends on its own stream's events alone, those that its kind acts on (`acts_since`)."""
        ...

    async def issue(self, due: Due, now: datetime) -> None: ...


@dataclass(slots=True)
class Timers:
    """Issues the commands of due timers. `issue` carries out the command and may be called twice for the same timer.

    `refolded` is called before every check: it folds the timers again if their basis has changed.
    """

    dsn: str
    pool: Pool
    now: Callable[[Connection], Awaitable[datetime]]
    issue: Callable[[Due, datetime], Awaitable[None]]
    refolded: Callable[[], Awaitable[None]]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: dict[tuple[str, str], tuple[float, int]] = field(
        default_factory=dict
    )  # key -> when to retry (monotonic seconds), number of tries

    async def run(self) -> None:
        """Run until cancelled."""
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
                    async with asyncio.timeout(TICK):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            conn.terminate()

    async def fire(self) -> int:
        """Issue everything due by now. Returns how many. One that fails doesn't hinder others, and is retried."""
        await self.refolded()
        fired = 0
        while True:
            now = await self.now(self.pool)
            waiting = [key for key, (until, _) in self._failed.items() if until > time.monotonic()]
            rows = await self.pool.fetch(
                "SELECT kind, stream, due_at FROM timer t WHERE NOT fired AND due_at <= $1 AND NOT EXISTS"
                " (SELECT FROM unnest($3::text[], $4::text[]) AS w(kind, stream)"
                "  WHERE w.kind = t.kind AND w.stream = t.stream)"
                " ORDER BY due_at, kind, stream LIMIT $2",
                now,
                BATCH,
                [kind for kind, _ in waiting],
                [stream for _, stream in waiting],
            )
            if not rows:
                return fired
            for row in rows:
                fired += await self._fire(Due(row["kind"], row["stream"], row["due_at"]), now)

    async def _fire(self, due: Due, now: datetime) -> bool:
        key = (due.kind, due.stream)
        try:
            await self.issue(due, now)
        except Exception as error:
            if isinstance(error, DISCONNECTED) and not read.cant_be_stored(error):
                raise  # the database is unreachable: everything waits
            _, tries = self._failed.get(key, (0.0, 0))
            self._failed[key] = (time.monotonic() + RETRY[min(tries, len(RETRY) - 1)], tries + 1)
            _log.error("timer refused", kind=due.kind, stream=due.stream, at=str(due.at), error=repr(error))
            return False
        reach("timer.issued")
        await self.pool.execute(
            "UPDATE timer SET fired = true WHERE kind = $1 AND stream = $2 AND due_at = $3",
            due.kind,
            due.stream,
            due.at,
        )
        self._failed.pop(key, None)
        return True
