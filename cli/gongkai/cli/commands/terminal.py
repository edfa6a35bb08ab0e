"""Options, dates, JSON output and exits that several commands share."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

DataFolder = Annotated[Path, typer.Option("--data", envvar="GONGKAI_DATA", help="数据目录 data folder")]
NoticesFrom = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="按在运行中的系统里录入的通知 · with the notices entered in the deployment that runs with this data folder",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 · as JSON")]


def day(written: str) -> date:
    """A date as it is typed, in the one form that the help names. BadParameter in both languages for what is none."""
    with suppress(ValueError):
        found = date.fromisoformat(written)
        if str(found) == written:  # ISO 8601 has other forms: 20260302, 2026-W10-1
            return found
    raise typer.BadParameter(f"日期须写作 2026-03-02 · {written!r} is not a date like 2026-03-02")


def print_json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def fail(message: object, code: int) -> typer.Exit:
    typer.echo(str(message), err=True)
    return typer.Exit(code)
