"""One of several processes that append to one log: 100 streams of its own, 20 turns on a stream that all share."""

import asyncio
import os
import sys
from contextlib import suppress

import asyncpg

from gongkai.ledger.append import Appender
from gongkai.ledger.decider import Contended, carry_out
from tests.integration.ledger.conftest import INTAKE, NOW, PARTITIONS, count


async def write(name: str) -> None:
    async with asyncpg.create_pool(os.environ["DSN"], min_size=2, max_size=4) as pool:
        appender = Appender(pool, INTAKE, PARTITIONS)

        async def shared() -> None:
            left = 20
            while left:
                with suppress(Contended):  # as a client does that is told to come again
                    await carry_out(pool, appender, INTAKE, count("shared"), NOW)
                    left -= 1

        alone = (carry_out(pool, appender, INTAKE, count(f"{name}-{n}"), NOW) for n in range(100))
        await asyncio.gather(shared(), *alone)
        await appender.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
