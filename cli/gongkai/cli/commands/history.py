"""`gongkai replay`, `rebuild`, `resume`: what auditors and operators do with the logs and what is folded from them."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gongkai.contracts.errors import UserError
from gongkai.operate.databases.cluster import MONITOR, owner
from gongkai.operate.logs import rebuild as rebuilding
from gongkai.operate.logs import replay as replaying
from gongkai.operate.logs.resume import partition_named, resumed
from gongkai.operate.processes.deployment import Deployment

app = typer.Typer()

Data = Annotated[Path, typer.Option("--data", envvar="GONGKAI_DATA", help="数据目录 data folder")]
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
    data: Data = Path("var"),
) -> None:
    """让停下的分区继续 / let a stopped partition go on, after a mend."""
    key = partition_named(partition)
    zh, en = asyncio.run(resumed(Deployment.running(data).cluster.dsn(owner("ledger")), subscription, key))
    typer.echo(f"{zh} / {en}")


@app.command()
def rebuild(
    view: Annotated[str, typer.Argument(help="如 e.g. console.document")],
    as_of: AsOf = None,
    compare: Annotated[bool, typer.Option("--compare", help="只核对，不切换 compare, don't switch")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="换回上一版 the previous one again")] = False,
    data: Data = Path("var"),
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
    done = asyncio.run(rebuilding.rebuilt(cluster, view, compare=compare, rollback=rollback))
    same = "与重建前一致 / the same as before" if done.equal else "与重建前不同 / differs from what was there"
    typer.echo(f"{view} {done.rebuilt[:16]} {same}")
    if done.switched:
        typer.echo("已切换，上一版保留，可 --rollback / switched; the previous one is kept for --rollback")
    if compare and not done.equal:
        raise typer.Exit(1)


@app.command()
def replay(
    *,
    log: Annotated[str | None, typer.Option(help="只看此日志 this log only")] = None,
    stream: Annotated[str | None, typer.Option(help="只看此流 this stream only")] = None,
    view: Annotated[str | None, typer.Option(help="视图当时的样子 a view as it stood")] = None,
    as_of: AsOf = None,
    form: Annotated[Format, typer.Option("--format", help="输出格式 output")] = Format.table,
    data: Data = Path("var"),
) -> None:
    """重放历史，可至任一时刻 / the history in order, as of any moment."""
    dsn = Deployment.running(data).cluster.dsn(MONITOR)
    asyncio.run(
        replaying.show(dsn, log=log, stream=stream, view=view, as_of=as_of, as_json=form is Format.json)
    )
