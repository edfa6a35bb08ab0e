"""`gongkai units`: the register from a workbook, a row a unit, through intake's API (SC-1.1)."""

import asyncio
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.table import Table

from gongkai.client.client import Client, Problem
from gongkai.contracts.problem import findings
from gongkai.operate.processes.deployment import Deployment
from gongkai.tables.unit_template import template as empty
from gongkai.tables.unit_workbook import Fault, UnitRow, UnreadableWorkbook, faults_of, read

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
    refused = asyncio.run(_send(intake, token, rows))
    raise typer.Exit(1 if refused else 0)


def _sign_in(console: str) -> str:
    """The registrar's token: without a password in a demo, else with the one asked for."""
    asked: dict[str, str] = {"person": "registrar"}
    with httpx.Client(base_url=console, trust_env=False) as http:
        answer = http.post("/api/token", json=asked)
        if answer.is_client_error:
            password = typer.prompt("名录管理员密码 registrar's password", hide_input=True)
            answer = http.post("/api/token", json=asked | {"password": password})
    if not answer.is_success:
        typer.echo("登录未成功 / the sign-in failed", err=True)
        raise typer.Exit(1)
    return str(answer.json()["token"])


async def _send(intake: str, token: str, rows: list[UnitRow]) -> int:
    """Enter them one after the other, and print what came of each. How many were refused."""
    table = Table("行 row", "单位 unit", "结果 result", "列 column", "依据 clause", "说明")
    refused = 0
    async with Client({"intake": intake}) as client:
        for row in rows:
            said, why = await _enter(client, token, row)
            refused += bool(why)
            if not why:
                table.add_row(f"{row.row}", row.unit, said)
            for fault in why:
                says = f"{fault.says.zh} / {fault.says.en}"
                number = f"{fault.sheet} {fault.row}"
                table.add_row(number, row.unit, said, fault.column, fault.clause, says)
    width = None if os.isatty(1) else 200
    Console(highlight=False, width=width).print(table, soft_wrap=True)
    return refused


async def _enter(client: Client, token: str, row: UnitRow) -> tuple[str, list[Fault]]:
    if row.faults:
        return "未登记 refused", row.faults
    try:
        done = await client.register_unit(token, uuid4(), row.entry)
    except Problem as problem:
        return "未登记 refused", faults_of(row, findings(problem.document))
    return ("未变化 unchanged" if done.repeated else "已登记 entered"), []
