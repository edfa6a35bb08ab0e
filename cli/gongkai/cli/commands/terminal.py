"""How the law's commands read a date and tell what they found."""

import json
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

import typer

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
