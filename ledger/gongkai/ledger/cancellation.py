"""Ending what runs for ever."""

import asyncio
from typing import Any

TOLD_AGAIN = 6.0  # seconds: time enough to say goodbye to a broker


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel them, until all have ended.

    A cancellation that comes together with the answer that a client of Kafka or PostgreSQL waits for can be lost in
    there (`asyncio.wait_for` before Python 3.12). So whoever goes on is told again.
    """
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=TOLD_AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)
