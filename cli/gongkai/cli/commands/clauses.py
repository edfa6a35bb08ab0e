"""`gongkai clauses`: which code carries out a requirement, which tests prove it."""

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.commands.terminal import AsJson, print_json
from gongkai.operate.clauses import trace_clauses

app = typer.Typer(no_args_is_help=True)

CHECKOUT = Path(__file__).resolve().parents[4]


@app.callback()
def _group() -> None:
    """Keeps `clauses` a command by its name when it is the only one here."""


@app.command("clauses")
def show_clauses(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="只列这些，如 SC-3.3 · these only")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="只列没有测试的 · untested ones only; exit 1")
    ] = False,
    tests: Annotated[Path, typer.Option(help="测试目录 · where the tests are")] = CHECKOUT / "tests",
    as_json: AsJson = False,
) -> None:
    """每一条款由哪些代码执行、哪些测试证明 · which code carries out a clause, which tests prove it."""
    report = trace_clauses(tests, ids=ids or (), missing=missing)
    if as_json:
        print_json(report.as_data())
    else:
        for each in report.clauses:
            typer.echo(f"{each.id}  {each.regulation}  {each.clause}")
            for place in (*each.code, *each.tests):
                typer.echo(f"    {place}")
        typer.echo(
            f"{report.total}条，{report.untested}条尚无测试 · {report.untested} without a test", err=True
        )
    for id_ in report.unknown:
        typer.echo(f"{id_}：需求清单中没有 · not in the list of requirements", err=True)
    if (missing and (report.clauses or report.unknown)) or set(ids or ()) & set(report.unknown):
        raise typer.Exit(1)
