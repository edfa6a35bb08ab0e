"""`gongkai units`: the register from a workbook, a row a unit, through intake's API (SC-1.1)."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from gongkai.client import Client
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.unit_import import register_all, sign_in
from gongkai.tables.unit_template import template as empty
from gongkai.tables.unit_workbook import UnitRow, UnreadableWorkbook, read

OUTCOMES: Final = {
    "registered": "已登记 entered",
    "unchanged": "未变化 unchanged",
    "refused": "未登记 refused",
}

app = typer.Typer(no_args_is_help=True)
units = typer.Typer(no_args_is_help=True, help="单位名录 · the register of units")
app.add_typer(units, name="units")


@units.command("template")
def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="文件 file")] = Path("units.xlsx"),
) -> None:
    """写出空白登记表 / an empty workbook to fill in."""
    output.write_bytes(empty())
    typer.echo(f"已写出 written: {output}")


@units.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".xlsx")],
    data: Annotated[Path, typer.Option(envvar="GONGKAI_DATA", help="数据目录 data folder")] = Path("var"),
    intake: Annotated[str | None, typer.Option(metavar="URL", help="受理服务地址 intake's address")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="GONGKAI_TOKEN", help="名录管理员令牌 the registrar's token")
    ] = None,
) -> None:
    """登记工作簿中的单位，逐行给出结果；再次导入不重复登记 / a result per row; again, it changes nothing."""
    try:
        rows = read(file.read_bytes())
    except UnreadableWorkbook as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(1) from None
    if intake is None:
        deployment = Deployment.running(data.resolve())
        intake = deployment.url("intake")
        token = token or _sign_in(deployment.url("console"))
    if token is None:
        raise typer.BadParameter("请给出 --token / give the registrar's --token")
    refused = asyncio.run(_import(intake, token, rows))
    raise typer.Exit(1 if refused else 0)


def _sign_in(console: str) -> str:
    """The registrar's token: without a password in a demo, else with the one asked for."""
    response = sign_in(console)
    if response.is_client_error:
        response = sign_in(console, typer.prompt("名录管理员密码 registrar's password", hide_input=True))
    if not response.is_success:
        typer.echo("登录未成功 / the sign-in failed", err=True)
        raise typer.Exit(1)
    return str(response.json()["token"])


async def _import(intake: str, token: str, rows: list[UnitRow]) -> int:
    """Register the rows and print what came of each. How many were refused."""
    table = Table("行 row", "单位 unit", "结果 result", "列 column", "依据 clause", "说明")
    refused = 0
    async with Client({"intake": intake}) as client:
        async for result in register_all(client, token, rows):
            row, outcome = result.row, OUTCOMES[result.outcome]
            refused += bool(result.faults)
            if not result.faults:
                table.add_row(f"{row.row}", row.unit, outcome)
            for fault in result.faults:
                reason = f"{fault.says.zh} / {fault.says.en}"
                number = f"{fault.sheet} {fault.row}"
                table.add_row(number, row.unit, outcome, fault.column, fault.clause, reason)
    width = None if os.isatty(1) else 200
    Console(highlight=False, width=width).print(table, soft_wrap=True)
    return refused
