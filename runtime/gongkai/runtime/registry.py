"""Each service's replica of the register of units and of the calendar, folded from the log's own records."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from gongkai.contracts.envelope import Place
from gongkai.contracts.events import Event, HolidaysAnnounced, UnitRegistered, decode
from gongkai.contracts.register import Register
from gongkai.ledger import read
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection, LogId
from gongkai.rules.calendar import Calendar, notice_of, official

STREAMS = ("unit-", "system-", "delegation-", "calendar-")  # whose events make the register and the calendar


@dataclass(slots=True)
class Replica:
    """`register` and `calendar` are as of the places in `at`. `at_least` brings them as far as an event's author had
    them. The calendar is what the software ships, and the notices that were entered since (GT-count)."""

    pool: Connection
    logs: Sequence[LogId]
    register: Register = field(default_factory=Register)
    calendar: Calendar = field(default_factory=official)
    at: dict[str, Place] = field(default_factory=dict)
    _read: dict[str, int] = field(default_factory=dict)  # by log, how many entries were looked through
    _begun: int = 0  # looks into the logs
    _completed: int = 0  # the last look that found all there was, by the number that it began under
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def sync(self) -> Register:
        """As far as the logs go now. Who waited while another one's look began and was completed needs none of his own;
        one that failed helps nobody."""
        arrived = self._begun
        async with self._lock:
            if self._completed > arrived:
                return self.register
            self._begun += 1
            for log in self.logs:
                size, done = await read.size(self.pool, log), self._read.get(log.name, 0)
                if size == done:
                    continue
                for entry in await read.streams_with_prefix(self.pool, log, STREAMS, done - 1):
                    self._apply(decode(entry.record))
                    self.at[log.name] = entry.place
                    self._read[log.name] = (
                        entry.place.position + 1
                    )  # here: one that can't be read ends the look
                self._read[log.name] = max(size, self._read.get(log.name, 0))
            self._completed = self._begun
        return self.register

    def _apply(self, event: Event) -> None:
        if isinstance(event, HolidaysAnnounced):
            self.calendar = self.calendar.with_year(notice_of(event))
        else:
            self.register.apply(event)

    async def at_least(self, place: str | Place | None) -> Register:
        """At least as of that place in the log: what an event's `registerat` says its author knew."""
        wanted = Place.parse(place) if isinstance(place, str) else place
        if wanted is None or wanted.log not in {log.name for log in self.logs}:
            return self.register
        here = self.at.get(wanted.log)
        return self.register if here and here.position >= wanted.position else await self.sync()

    async def unit(self, unit: str) -> UnitRegistered | None:
        """The unit's entry; looks into the log before it says that there is none."""
        return self.register.unit(unit) or (await self.sync()).unit(unit)

    def place(self) -> Place | None:
        """The last entry known, for the record of an event that used a right."""
        return max(self.at.values(), key=lambda p: p.position, default=None)


@dataclass(frozen=True, slots=True)
class Notices:
    """Brings the replica on when a holiday notice was entered: a running service counts by it from then on."""

    replica: Replica

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        for what in batch:
            if what.record.name == HolidaysAnnounced.NAME:
                await self.replica.at_least(what.place)
