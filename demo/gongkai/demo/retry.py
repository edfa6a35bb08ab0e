"""Retries for as long as a restarted service or database may take to come back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from gongkai.contracts.errors import UserError

RETRY_SECONDS: Final = 300.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds

T = TypeVar("T")


class Unavailable(Exception):
    """The service or database doesn't answer, or answers that it can't now."""


class RetriedTooLong(UserError):
    def __init__(self, what: str, seconds: float, why: BaseException) -> None:
        super().__init__(f"{what} 持续{seconds:g}秒无法完成 / could not be done for {seconds:g} s: {why!r}")


async def retry(
    what: str,
    act: Callable[[], Awaitable[T]],
    *retried: type[Exception],
    seconds: float = RETRY_SECONDS,
) -> T:
    """Until `act` succeeds. It must be safe to run twice. `retried`: other exceptions to retry on. Raises RetriedTooLong."""
    transient: tuple[type[Exception], ...] = (Unavailable, OSError, TimeoutError, *retried)
    end, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            return await act()
        except transient as error:
            if time.monotonic() > end:
                raise RetriedTooLong(what, seconds, error) from error
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
