"""How much is let in at a time: memory stays bounded, and who has to wait too long is told when to come again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.append import Full

AT_ONCE: Final = 3  # requests whose bodies are in memory: while one is written, the next is read and decided
WAITING: Final = 64  # requests that wait, with nothing of them read yet
PATIENCE: Final = 30.0  # seconds that one waits: others' bodies may be slow, or their batches large


class Gate:
    """Of one door."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._free, self._places, self._patience = asyncio.Semaphore(at_once), waiting, patience

    @asynccontextmanager
    async def through(self) -> AsyncIterator[None]:
        """Raises Full (503, Retry-After: 1) when too many wait already, and for who has waited long enough."""
        if self._places == 0:
            raise Full
        self._places -= 1
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise Full from None
        finally:
            self._places += 1
        try:
            yield
        finally:
            self._free.release()


@dataclass(frozen=True, slots=True)
class Gates:
    """Who practises keeps nobody waiting who means it."""

    real: Gate = field(default_factory=Gate)
    practice: Gate = field(default_factory=lambda: Gate(at_once=1))
