"""`gongkai replay`, `rebuild`, `resume`, `catch-up`: what auditors and operators do with the logs and what follows from them."""

import asyncio
import json
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from gongkai.cli.commands.terminal import DataFolder
from gongkai.contracts.errors import UserError
from gongkai.ledger.read import Entry
from gongkai.operate.databases.cluster import MONITOR, Cluster, owner
from gongkai.operate.logs import catch_up as catching_up
from gongkai.operate.logs import rebuild as rebuilding
from gongkai.operate.logs.catch_up import History
from gongkai.operate.logs.replay import entries
from gongkai.operate.logs.resume import parse_partition, resume_partition
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.processes.deployment import Deployment
from gongkai.rules.local_time import SHANGHAI

app = typer.Typer()

MAX_WIDTH: Final = 100_000  # characters

AsOf = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="2025-06-30 | 2025-06-30T17:00 | intake=41,review=7  [现在 now]"),
]


class Format(StrEnum):
    table = "table"
    json = "json"


@app.command()
def resume(
    subscription: Annotated[str, typer.Argument(help="订阅，即服务名 the service that follows the log")],
    partition: Annotated[str, typer.Argument(metavar="LOG/PARTITION", help="如 e.g. intake/3")],
    data: DataFolder = Path("var"),
) -> None:
    """让停下的分区继续 / let a stopped partition go on, after a mend."""
    key = parse_partition(partition)
    zh, en = asyncio.run(
        resume_partition(Deployment.running(data).cluster.dsn(owner("ledger")), subscription, key)
    )
    typer.echo(f"{zh} / {en}")


@app.command()
def rebuild(
    view: Annotated[str, typer.Argument(help="如 e.g. console.document")],
    as_of: AsOf = None,
    compare: Annotated[bool, typer.Option("--compare", help="只核对，不切换 compare, don't switch")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="换回上一版 the previous one again")] = False,
    data: DataFolder = Path("var"),
) -> None:
    """由日志重建一个视图，核对摘要后切换 / build a view again from the logs, compare, switch."""
    if sum((as_of is not None, compare, rollback)) > 1:
        raise UserError(
            "--as-of、--compare、--rollback 只能选一个 / choose one of --as-of, --compare, --rollback"
        )
    cluster = Deployment.running(data).cluster
    if as_of is not None:
        schema, at, rows = asyncio.run(rebuilding.as_of(cluster, view, as_of))
        places = ", ".join(f"{log}={position}" for log, position in sorted(at.items()))
        typer.echo(f"{view} @ {places}")
        for table, count in rows.items():
            typer.echo(f"  {schema}.{table}: {count} 行 rows")
        return
    done = asyncio.run(rebuilding.rebuild_view(cluster, view, compare=compare, rollback=rollback))
    same = "与重建前一致 / the same as before" if done.equal else "与重建前不同 / differs from what was there"
    typer.echo(f"{view} {done.rebuilt[:16]} {same}")
    if done.switched:
        typer.echo("已切换，上一版保留，可 --rollback / switched; the previous one is kept for --rollback")
    if compare and not done.equal:
        raise typer.Exit(1)


@app.command("catch-up")
def catch_up(
    name: Annotated[
        str | None,
        typer.Argument(
            help="反应或期限种类，不写则列出 a reaction or kind of deadline; without it, all are listed"
        ),
    ] = None,
    data: DataFolder = Path("var"),
    postgres: Annotated[
        str | None,
        typer.Option(
            metavar="DSN",
            help="不由 gongkai up 运行的（地址，口令取自数据目录）one that up doesn't run; passwords: DATA/secrets",
        ),
    ] = None,
) -> None:
    """把新反应、新期限用于历史，可重复执行 / apply a new reaction or kind of deadline to history; safe to repeat."""
    cluster = (
        Cluster(postgres, Credentials(data.resolve() / "secrets").passwords())
        if postgres
        else Deployment.running(data).cluster
    )
    if name is None:
        for each in asyncio.run(catching_up.list_histories(cluster)):
            typer.echo(f"{each.name}  {_state(each)}")
        return
    asyncio.run(_catch_up(cluster, name))


async def _catch_up(cluster: Cluster, name: str) -> None:
    await catching_up.ask(cluster, name)
    async for now in catching_up.follow(cluster, name):
        typer.echo(f"{name}  {_state(now)}")


def _state(history: History) -> str:
    if history.stopped is not None:
        return f"已停下 stopped: {history.stopped}"
    if history.running:
        done, total = history.progress
        return f"正在补做 catching up: {done}/{total}"
    if not history.complete:
        return f"历史未补做，{history.left} 条记录 not caught up: {history.left} records of history"
    return "完整 complete"


@app.command()
def replay(
    *,
    log: Annotated[str | None, typer.Option(help="只看此日志 this log only")] = None,
    stream: Annotated[str | None, typer.Option(help="只看此流 this stream only")] = None,
    view: Annotated[str | None, typer.Option(help="视图当时的样子 a view as it stood")] = None,
    as_of: AsOf = None,
    form: Annotated[Format, typer.Option("--format", help="输出格式 output")] = Format.table,
    data: DataFolder = Path("var"),
) -> None:
    """重放历史，可至任一时刻 / the history in order, as of any moment."""
    dsn, as_json = Deployment.running(data).cluster.dsn(MONITOR), form is Format.json
    if view is not None:
        asyncio.run(_print_view(dsn, view, as_of, as_json))
    else:
        asyncio.run(_print_records(entries(dsn, log=log, stream=stream, as_of=as_of), as_json))


async def _print_view(dsn: str, view: str, as_of: str | None, as_json: bool) -> None:
    """A line of JSON for each row, or a table for each table."""
    for name, rows in (await rebuilding.rows_as_of(dsn, view, as_of)).items():
        if as_json:
            for row in rows:
                print(json.dumps({"table": name, "row": row}, ensure_ascii=False, default=str))
            continue
        table = Table(*(rows[0] if rows else ()), title=f"{name}：{len(rows)} 行 rows", box=None)
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row.values()))
        _print(table)


async def _print_records(found: AsyncIterator[Entry], as_json: bool) -> None:
    """A line of JSON for each record, or one table."""
    if as_json:
        async for entry in found:
            position = {"place": str(entry.place), "committed_at": entry.committed_at.isoformat()}
            print(json.dumps(position | {"record": json.loads(entry.raw)}, ensure_ascii=False))
        return
    table = Table("位置 place", "入账 committed", "流 stream", "版本 v", "事件 event", box=None)
    async for entry in found:
        at = entry.committed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(str(entry.place), at, entry.stream, str(entry.version), entry.record.name)
    _print(table)


def _print(table: Table) -> None:
    """As wide as the terminal; into a pipe or a file, as wide as it takes."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=Console(width=MAX_WIDTH).measure(table).maximum)
    console.print(table)
