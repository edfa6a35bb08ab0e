"""`gongkai schema export|check`: the events' JSON Schemas, and whether they still keep what they promised."""

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.mendable import Mendable
from gongkai.contracts.schema import FOLDER, Broken, broken, changed, committed, current, text_of

app = typer.Typer(no_args_is_help=True)
schema = typer.Typer(no_args_is_help=True, help="事件的 JSON Schema · the events' JSON Schemas")
app.add_typer(schema, name="schema")

Folder = Annotated[
    Path,
    typer.Option("--folder", help="已发布的模式所在目录 · where the promised ones are", show_default=False),
]


@app.callback()
def _group() -> None:
    """Keeps `schema` a group of its own when it is the only one here."""


@schema.command()
def export(
    to: Annotated[
        Path, typer.Option("--to", help="写到哪个目录 · folder to write them to", show_default=False)
    ] = FOLDER,
) -> None:
    """写出模式；不兼容的改动不会覆盖 · write them; an incompatible change overwrites nothing."""
    promised, now = committed(to) if to.exists() else {}, current()
    _stop_if(broken(promised, now))
    to.mkdir(parents=True, exist_ok=True)
    todo = changed(promised, now)
    for name in todo:
        (to / f"{name}.json").write_text(text_of(now[name]), encoding="utf-8")
    typer.echo(f"写出 {len(todo)} 个，共 {len(now)} 个 · wrote {len(todo)} of {len(now)}: {to}")


@schema.command()
def check(folder: Folder = FOLDER) -> None:
    """与已发布的模式比较，不兼容则退出码为 1 · compare with the promised ones; exit 1 when one is broken."""
    promised, now = committed(folder), current()
    if not promised:
        raise Mendable(f"{folder} 中没有模式 / there are no schemas in {folder}")
    _stop_if(broken(promised, now))
    for name in changed(promised, now):
        typer.echo(f"{name}：兼容的改动，尚未写出 · compatible, but not written yet: gongkai schema export")
    typer.echo(f"{len(promised)} 个模式均兼容 · all {len(promised)} schemas keep their promise")


def _stop_if(problems: list[Broken]) -> None:
    if not problems:
        return
    for each in problems:
        typer.secho(str(each), fg="red", err=True)
    typer.echo(
        "不兼容：已写入日志的记录将无法读取。请为该事件增加新版本，并用 lifts 提升旧版本。 / "
        "Incompatible: records that are in a log could not be read any more. "
        "Give the event a new version, and lift the old one to it.",
        err=True,
    )
    raise typer.Exit(1)
