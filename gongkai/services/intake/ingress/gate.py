"""How much is let in at a time: memory stays bounded, and who has to wait too long is told when to come again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gongkai.ledger.append import Full

AT_ONCE: Final = 3  # requests whose bodies are in memory: while one is written, the next is read and decided
WAITING: Final = 64  # requests that wait, with nothing of them read yet


class Gate:
    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._free, self._places = asyncio.Semaphore(at_once), waiting

    @asynccontextmanager
    async def through(self) -> AsyncIterator[None]:
        """Raises Full (503, Retry-After: 1) when too many wait already."""
        if self._places == 0:
            raise Full
        self._places -= 1
        try:
            await self._free.acquire()
        finally:
            self._places += 1
        try:
            yield
        finally:
            self._free.release()
