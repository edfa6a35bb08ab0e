"""A limit on concurrent requests: memory stays bounded, and who would wait too long gets 503 with Retry-After."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.append import Full

MAX_CONCURRENT: Final = (
    3  # requests whose bodies are in memory: while one is written, the next is read and decided
)
MAX_WAITING: Final = 64  # requests that wait, with nothing of them read yet
MAX_WAIT: Final = 30.0  # seconds that one waits: others' bodies may be slow, or their batches large


class ConcurrencyLimit:
    """At most `concurrent` callers hold a slot, and at most `waiting` wait for one, `max_wait` seconds each."""

    def __init__(
        self, concurrent: int = MAX_CONCURRENT, waiting: int = MAX_WAITING, max_wait: float = MAX_WAIT
    ) -> None:
        self._slots, self._may_wait, self._max_wait = asyncio.Semaphore(concurrent), waiting, max_wait

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Raises Full (503, Retry-After: 1) when too many wait already, or after `max_wait`."""
        if self._may_wait == 0:
            raise Full
        self._may_wait -= 1
        try:
            async with asyncio.timeout(self._max_wait):
                await self._slots.acquire()
        except TimeoutError:
            raise Full from None
        finally:
            self._may_wait += 1
        try:
            yield
        finally:
            self._slots.release()


@dataclass(frozen=True, slots=True)
class IngressLimits:
    """Requests to the sandbox don't delay real ones."""

    real: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    sandbox: ConcurrencyLimit = field(default_factory=lambda: ConcurrencyLimit(concurrent=1))
