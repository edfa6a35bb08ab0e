"""One connection that comes back: PostgreSQL may be killed as well as anything else."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import asyncpg

from gongkai.demo.retry import insist
from gongkai.ledger.read import DISCONNECTED

T = TypeVar("T")

_AWAY: Final = (*DISCONNECTED, asyncpg.QueryCanceledError)


class Database:
    """As one role. What is asked of it may be asked twice."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._conn: Any = None

    async def row(self, sql: str, *values: Any) -> Any:
        return await self._insist(lambda conn: conn.fetchrow(sql, *values))

    async def execute(self, sql: str, *values: Any) -> None:
        await self._insist(lambda conn: conn.execute(sql, *values))

    async def _insist(self, act: Callable[[Any], Awaitable[T]]) -> T:
        async def once() -> T:
            if self._conn is None or self._conn.is_closed():
                self._conn = await asyncpg.connect(self._dsn, timeout=10, command_timeout=60)
            return await act(self._conn)

        return await insist("PostgreSQL", once, *_AWAY)

    async def close(self) -> None:
        if self._conn is not None:
            self._conn.terminate()
