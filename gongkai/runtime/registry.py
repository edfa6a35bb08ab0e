"""Each service's replica of the register of units, folded from the log's own records."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gongkai.contracts.envelope import Place
from gongkai.contracts.events import UnitRegistered, decode
from gongkai.contracts.register import Register
from gongkai.ledger import read
from gongkai.ledger.read import LogId


@dataclass(slots=True)
class Replica:
    """`register` is as of the places in `at`. `at_least` brings it as far as an event's author had it."""

    pool: Any
    logs: Sequence[LogId]
    register: Register = field(default_factory=Register)
    at: dict[str, Place] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def sync(self) -> Register:
        """As far as the logs go now."""
        async with self._lock:
            for log in self.logs:
                known = self.at[log.name].position if log.name in self.at else -1
                for entry in await read.streams_like(self.pool, log, "unit-", known):
                    self.register.apply(decode(entry.record))
                    self.at[log.name] = entry.place
        return self.register

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
