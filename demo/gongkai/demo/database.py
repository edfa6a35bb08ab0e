"""One connection that is made again when it is lost: the demo goes on when PostgreSQL is restarted."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import asyncpg

from gongkai.demo.retry import retry
from gongkai.ledger.read import DISCONNECTED

T = TypeVar("T")

_RETRIED: Final = (*DISCONNECTED, asyncpg.QueryCanceledError)


class Database:
    """One role's connection. Statements must be safe to run twice."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._conn: Any = None

    async def row(self, sql: str, *values: Any) -> Any:
        return await self._retry(lambda conn: conn.fetchrow(sql, *values))

    async def execute(self, sql: str, *values: Any) -> None:
        await self._retry(lambda conn: conn.execute(sql, *values))

    async def _retry(self, act: Callable[[Any], Awaitable[T]]) -> T:
        async def once() -> T:
            if self._conn is None or self._conn.is_closed():
                self._conn = await asyncpg.connect(self._dsn, timeout=10, command_timeout=60)
            return await act(self._conn)

        return await retry("PostgreSQL", once, *_RETRIED)

    async def close(self) -> None:
        if self._conn is not None:
            self._conn.terminate()
