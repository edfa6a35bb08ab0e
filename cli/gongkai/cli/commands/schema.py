"""`gongkai schema export|check`: what others build against, and whether it still keeps what it promised."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gongkai.contracts import schema as events
from gongkai.contracts.errors import UserError
from gongkai.contracts.evolution import Schema
from gongkai.contracts.schema import Broken, committed, text_of
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
    now, todo = _compared(to)
    for file in todo:
        (to / file).parent.mkdir(parents=True, exist_ok=True)
        (to / file).write_text(text_of(now[file]), encoding="utf-8")
    typer.echo(f"写出 {len(todo)} 个，共 {len(now)} 个 · wrote {len(todo)} of {len(now)}: {to}")


@schema.command()
def check(folder: Folder = compatibility.ROOT) -> None:
    """与已发布的契约比较，不兼容则退出码为 1 · compare with the promised ones; exit 1 when one is broken."""
    if not committed(folder / "schemas"):
        raise UserError(f"{folder} 中没有模式 / there are no schemas in {folder}")
    now, todo = _compared(folder)
    for file in todo:
        typer.echo(f"{file}：兼容的改动，尚未写出 · compatible, but not written yet: gongkai schema export")
    typer.echo(f"{len(now)} 个契约均兼容 · all {len(now)} documents keep their promise")


def _compared(folder: Path) -> tuple[dict[Path, Schema], list[Path]]:
    """All documents as they are now, and those that differ from the folder's. Exits where a promise is broken."""
    then, schemas = committed(folder / "schemas"), events.current()
    found = events.broken(then, schemas)
    now = {Path("schemas") / f"{name}.json": each for name, each in schemas.items()}
    apis = compatibility.documents()
    for file, document in apis.items():
        if (folder / file).exists():
            found += compatibility.broken(file, json.loads((folder / file).read_text("utf-8")), document)
    _stop_if(found)
    now |= apis
    return now, [file for file, each in now.items() if _text(folder / file) != text_of(each)]


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def _stop_if(problems: list[Broken]) -> None:
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
