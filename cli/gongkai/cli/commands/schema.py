"""`gongkai schema export|check`: writes the published schemas and API documents, and checks that they stay compatible."""

from pathlib import Path
from typing import Annotated

import typer

from gongkai.contracts.errors import UserError
from gongkai.contracts.schema import Broken, committed
from gongkai.operate.interfaces import compatibility

app = typer.Typer(no_args_is_help=True)
schema = typer.Typer(
    no_args_is_help=True,
    help="事件的 JSON Schema、AsyncAPI、OpenAPI · JSON Schemas of the events, AsyncAPI, OpenAPI",
)
app.add_typer(schema, name="schema")

Folder = Annotated[
    Path,
    typer.Option("--folder", help="已发布的契约所在目录 · where the promised ones are", show_default=False),
]


@app.callback()
def _group() -> None:
    """Keeps `schema` a group of its own when it is the only one here."""


@schema.command()
def export(
    to: Annotated[
        Path, typer.Option("--to", help="写到哪个目录 · folder to write them to", show_default=False)
    ] = compatibility.ROOT,
) -> None:
    """写出全部契约；不兼容的改动不会覆盖 · write them all; an incompatible change overwrites nothing."""
    comparison = compatibility.compare(to)
    _exit_if_broken(comparison.broken)
    comparison.write(to)
    now, todo = comparison.documents, comparison.changed
    typer.echo(f"写出 {len(todo)} 个，共 {len(now)} 个 · wrote {len(todo)} of {len(now)}: {to}")


@schema.command()
def check(folder: Folder = compatibility.ROOT) -> None:
    """与已发布的契约比较，不兼容则退出码为 1 · compare with the promised ones; exit 1 when one is broken."""
    if not committed(folder / "schemas"):
        raise UserError(f"{folder} 中没有模式 / there are no schemas in {folder}")
    comparison = compatibility.compare(folder)
    _exit_if_broken(comparison.broken)
    now, todo = comparison.documents, comparison.changed
    for file in todo:
        typer.echo(f"{file}：兼容的改动，尚未写出 · compatible, but not written yet: gongkai schema export")
    typer.echo(f"{len(now)} 个契约均兼容 · all {len(now)} documents keep their promise")


def _exit_if_broken(problems: list[Broken]) -> None:
    if not problems:
        return
    for each in problems:
        typer.secho(str(each), fg="red", err=True)
    typer.echo(
        "不兼容：已写入日志的记录将无法读取，或者已接入的系统将无法调用。事件：增加新版本，并用 lifts 提升旧版本；"
        "接口：保留原有的，另增加新的。 / "
        "Incompatible: records that are in a log could not be read any more, or systems that call could not. "
        "An event: give it a new version, and lift the old one to it. An API: keep what there is, and add beside it.",
        err=True,
    )
    raise typer.Exit(1)
