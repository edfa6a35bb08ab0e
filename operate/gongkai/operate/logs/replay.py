"""`gongkai replay`: what the logs say, in order, as of any moment; or a view as it stood then."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from gongkai.contracts.errors import UserError
from gongkai.ledger import read
from gongkai.ledger.read import Entry, LogId
from gongkai.operate.logs.as_of import positions
from gongkai.operate.logs.rebuild import rows_as_of
from gongkai.rules.moment import SHANGHAI
from gongkai.runtime.topology import LOGS

WIDEST = 100_000  # characters


async def entries(
    dsn: str, *, log: str | None = None, stream: str | None = None, as_of: str | None = None
) -> AsyncIterator[Entry]:
    """By moment of commit, then by log and position: the same order at every replay. Raises UserError."""
    conn = await asyncpg.connect(dsn)
    try:
        wanted = _logs(log)
        until = await positions(conn, tuple(LOGS.values()), as_of)
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
        return tuple(LOGS.values())
    if name not in LOGS:
        raise UserError(
            f"没有日志 {name}，现有：{'、'.join(LOGS)} / no log {name}; there are: {', '.join(LOGS)}"
        )
    return (LOGS[name],)


def _order(entry: Entry | None) -> Any:
    assert entry is not None
    return entry.committed_at, entry.place.log, entry.place.position


async def _one(conn: Any, log: LogId, stream: str | None, until: int) -> AsyncIterator[Entry]:
    if stream is not None:
        for entry in await read.stream(conn, log, stream):
            if entry.place.position <= until:
                yield entry
        return
    async for batch in read.whole(conn, log):
        for entry in batch:
            if entry.place.position > until:
                return
            yield entry


async def show(
    dsn: str, *, log: str | None, stream: str | None, view: str | None, as_of: str | None, as_json: bool
) -> None:
    """Print it: a line of JSON each, or tables for a person."""
    if view is not None:
        for table, rows in (await rows_as_of(dsn, view, as_of)).items():
            _print_rows(table, rows, as_json)
        return
    found = entries(dsn, log=log, stream=stream, as_of=as_of)
    if as_json:
        async for entry in found:
            beside = {"place": str(entry.place), "committed_at": entry.committed_at.isoformat()}
            print(json.dumps(beside | {"record": json.loads(entry.raw)}, ensure_ascii=False))
        return
    lines = Table("位置 place", "入账 committed", "流 stream", "版本 v", "事件 event", box=None)
    async for entry in found:
        at = entry.committed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        lines.add_row(str(entry.place), at, entry.stream, str(entry.version), entry.record.name)
    _console(lines).print(lines)


def _print_rows(name: str, rows: Iterable[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print(json.dumps({"table": name, "row": row}, ensure_ascii=False, default=str))
        return
    rows = list(rows)
    table = Table(*(rows[0] if rows else ()), title=f"{name}：{len(rows)} 行 rows", box=None)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    _console(table).print(table)


def _console(table: Table) -> Console:
    """As wide as the terminal; into a pipe or a file, as wide as it takes."""
    console = Console()
    return console if console.is_terminal else Console(width=Console(width=WIDEST).measure(table).maximum)
