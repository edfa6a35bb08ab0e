"""`gongkai doctor`: what is unwell, in words, with exit code 1 if anything is."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Final

import asyncpg
import typer

from gongkai.contracts.errors import UserError
from gongkai.ledger.read import DISCONNECTED
from gongkai.operate.doctor import local as health
from gongkai.operate.doctor import remote as afar
from gongkai.operate.doctor.local import Illness
from gongkai.operate.processes import status
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed

app = typer.Typer(no_args_is_help=True)

BETWEEN: Final = 3.0  # seconds between two looks


@app.callback()
def _group() -> None:
    """Keeps `doctor` a command by its name when it is the only one here."""


@app.command()
def doctor(
    data: Annotated[Path, typer.Option("--data", envvar="GONGKAI_DATA", help="数据目录 data folder")] = Path(
        "var"
    ),
    console: Annotated[
        str | None,
        typer.Option(metavar="URL", help="不由 up 运行的：内网地址 of one that up doesn't run"),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL", help="其各服务的地址，可多次 a service's address; may be repeated"),
    ] = None,
) -> None:
    """检查运行状况，有问题则退出码为 1 · what is unwell? exit 1 if anything is."""
    if console or service:
        addresses = _addresses(([f"console={console}"] if console else []) + (service or []))
        found = asyncio.run(afar.examine(addresses, os.environ.get("GONGKAI_METRICS_TOKEN"), BETWEEN))
    else:
        found = asyncio.run(examine(data.resolve()))
    for each in found:
        typer.secho(f"✗ {each}", fg="red")
    if found:
        typer.echo(f"共 {len(found)} 处问题 / {len(found)} things are unwell")
        raise typer.Exit(1)
    typer.secho("✓ 一切正常 / all is well", fg="green")


def _addresses(pairs: list[str]) -> dict[str, str]:
    """Raises UserError for what is no service's name and address."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, url = pair.partition("=")
        if name not in installed() or not url.startswith(("http://", "https://")):
            there = ", ".join(installed())
            raise UserError(f"“{pair}” 应为 名称=http://… / should be NAME=http://…; names 名称: {there}")
        found[name] = url.rstrip("/")
    return found


async def examine(data: Path, between: float = BETWEEN) -> list[Illness]:
    """Everything that is unwell, what causes the rest first."""
    there = status.read(data / "run" / "up.json")
    if there is None:
        return [
            Illness(
                str(data), "没有运行，请先执行 gongkai up", "nothing runs there: start it with gongkai up"
            )
        ]
    found = [*health.secrets(data), *health.disk(data), *health.processes(data, there)]
    deployment = Deployment.running(data)
    found += [each async for each in health.answering(deployment)]
    try:
        first = await health.look(deployment)
        found += [*health.clocks(first), *health.stopped(first), *health.unsigned(first)]
        found += await health.held(deployment)
        if health.restless(first):
            await asyncio.sleep(between)
            found += health.stuck(first, await health.look(deployment))
    except (*DISCONNECTED, asyncpg.PostgresError) as error:
        why = f"{type(error).__name__}: {error}"
        found.append(Illness("PostgreSQL", f"数据库不可用：{why}", f"the database is not available: {why}"))
    return found
