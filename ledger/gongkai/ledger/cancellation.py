"""Cancelling background tasks and waiting until they have ended."""

import asyncio
from typing import Any

CANCEL_AGAIN_AFTER = 6.0  # seconds; longer than a Kafka client takes to close


async def cancel_and_wait(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel the tasks and return when all have ended. Their exceptions are discarded.

    A cancellation that arrives together with the response that a Kafka or PostgreSQL client waits for can be lost
    (`asyncio.wait_for` before Python 3.12). So tasks that go on are cancelled again after CANCEL_AGAIN_AFTER.
    """
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_AFTER)
    await asyncio.gather(*tasks, return_exceptions=True)
