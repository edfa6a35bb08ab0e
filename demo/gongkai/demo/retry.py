"""Any part may be killed at any moment: what failed for want of a part is said again, for minutes."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from gongkai.contracts.errors import UserError

PATIENCE: Final = 300.0  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds

T = TypeVar("T")


class Away(Exception):
    """The part that was asked is not there, or says that it can't now."""


class GoneTooLong(UserError):
    def __init__(self, what: str, seconds: float, why: BaseException) -> None:
        super().__init__(f"{what} 持续{seconds:g}秒无法完成 / could not be done for {seconds:g} s: {why!r}")


async def insist(
    what: str,
    act: Callable[[], Awaitable[T]],
    *away: type[Exception],
    patience: float = PATIENCE,
) -> T:
    """Until `act` comes through. Safe only for what may be done twice. `away`: what else counts as a part away."""
    counted: tuple[type[Exception], ...] = (Away, OSError, TimeoutError, *away)
    end, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        try:
            return await act()
        except counted as error:
            if time.monotonic() > end:
                raise GoneTooLong(what, patience, error) from error
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
