"""`gongkai rights`: who may do what, as the code says it."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gongkai.runtime.rights.published import labels
from gongkai.runtime.rights.table import as_data, as_markdown

app = typer.Typer()


@app.callback()
def _group() -> None:
    """A group of one command, so that it can stand beside the others."""


@app.command()
def rights(
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 machine-readable")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="docs/rights.md 的内容 its text")] = False,
) -> None:
    """谁能做什么：由代码生成的权限表 / who may do what, from the code."""
    if as_json:
        typer.echo(json.dumps(as_data(), ensure_ascii=False, indent=2))
        return
    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    table = Table("服务 service", "事项 action", "谁可以 who may", "依据 clause", show_lines=True)
    for entry in as_data():
        who = "\n".join(f"{zh} · {en}" for zh, en in zip(entry["who_zh"], entry["who_en"], strict=True))
        what = f"{entry['zh']}\n{entry['action']}"
        table.add_row(labels()[entry["service"]][0], what, who, entry["clause"])
    Console().print(table)
