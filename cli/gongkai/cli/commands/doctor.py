"""`gongkai doctor`: what is wrong, in words; exit code 1 if anything is."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.commands.terminal import DataFolder
from gongkai.contracts.errors import UserError
from gongkai.operate.doctor import local, remote
from gongkai.operate.services import installed

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `doctor` a command by its name when it is the only one here."""


@app.command()
def doctor(
    data: DataFolder = Path("var"),
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
        found = asyncio.run(remote.examine(addresses, os.environ.get("GONGKAI_METRICS_TOKEN"), local.BETWEEN))
    else:
        found = asyncio.run(local.examine(data.resolve()))
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
