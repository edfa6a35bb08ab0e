"""A service's connections to a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import structlog
from pydantic import SecretStr

from gongkai.ledger.read import Pool

LONGEST_HELD: Final = "30s"  # a transaction that is silent for longer is ended: it holds what others need

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def pool_of(dsn: SecretStr, service: str) -> AsyncIterator[Pool]:
    """Connected until the context is left."""
    pool = await connected(dsn.get_secret_value(), service)
    try:
        yield pool
    finally:
        await closed(pool)


async def connected(dsn: str, service: str) -> Pool:
    """Connected; waits for a database that is still starting."""
    while True:
        try:
            pool: Pool = await asyncpg.create_pool(
                dsn,
                min_size=2,
                reset=_no_reset,
                max_size=10,
                command_timeout=60,
                server_settings={
                    "application_name": f"gongkai.{service}",
                    "idle_in_transaction_session_timeout": LONGEST_HELD,
                },
            )
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
            _log.info("waiting for the database", error=repr(error))
            await asyncio.sleep(0.3)
        else:
            return pool


async def _no_reset(_: object) -> None:
    """No session state is ever set on a pooled connection, so there is none to reset: a round trip less."""


async def closed(pool: Pool) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()
