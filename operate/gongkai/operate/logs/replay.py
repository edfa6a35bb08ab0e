"""The records of all logs in order, as of any moment (`gongkai replay`)."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg

from gongkai.contracts.errors import UserError
from gongkai.ledger import read
from gongkai.ledger.read import Connection, Entry, LogId
from gongkai.operate.logs.as_of import positions
from gongkai.operate.services import installed_logs


async def entries(
    dsn: str, *, log: str | None = None, stream: str | None = None, as_of: str | None = None
) -> AsyncIterator[Entry]:
    """By moment of commit, then by log and position: the same order at every replay. Raises UserError."""
    conn = await asyncpg.connect(dsn)
    try:
        wanted = _logs(log)
        until = await positions(conn, tuple(installed_logs().values()), as_of)
        sources = [_one(conn, each, stream, until[each.name]) for each in wanted]
        heads = [await anext(source, None) for source in sources]
        while any(heads):
            n = min((n for n, head in enumerate(heads) if head), key=lambda n: _order(heads[n]))
            head = heads[n]
            assert head is not None
            yield head
            heads[n] = await anext(sources[n], None)
    finally:
        await conn.close()


def _logs(name: str | None) -> Sequence[LogId]:
    if name is None:
        return tuple(installed_logs().values())
    if name not in installed_logs():
        raise UserError(
            f"没有日志 {name}，现有：{'、'.join(installed_logs())} / no log {name}; there are: {', '.join(installed_logs())}"
        )
    return (installed_logs()[name],)


def _order(entry: Entry | None) -> Any:
    assert entry is not None
    return entry.committed_at, entry.place.log, entry.place.position


async def _one(conn: Connection, log: LogId, stream: str | None, until: int) -> AsyncIterator[Entry]:
    if stream is not None:
        for entry in await read.stream(conn, log, stream):
            if entry.place.position <= until:
                yield entry
        return
    async for batch in read.all_entries(conn, log):
        for entry in batch:
            if entry.place.position > until:
                return
            yield entry
