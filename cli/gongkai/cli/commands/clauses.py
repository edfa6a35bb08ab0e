"""`gongkai clauses`: which code carries out a requirement, and how far it is proved."""

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.commands.terminal import AsJson, print_json
from gongkai.contracts.errors import UserError
from gongkai.operate.clauses import ClauseReport, ClauseTrace, Proof, trace_clauses

app = typer.Typer(no_args_is_help=True)

CHECKOUT = Path(__file__).resolve().parents[4]
WORDS = {Proof.PROVED: "已证明", Proof.PARTLY: "部分", Proof.VALUE: "仅值", Proof.NONE: "无"}


@app.callback()
def _group() -> None:
    """Keeps `clauses` a command by its name when it is the only one here."""


@app.command("clauses")
def show_clauses(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="只列这些，如 SC-3.3 · these only")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="只列尚未证明的 · only what isn't proved; exit 1")
    ] = False,
    line: Annotated[
        str | None, typer.Option("--line", help="只列这一组，如 applications · one line of work only")
    ] = None,
    tests: Annotated[Path, typer.Option(help="测试目录 · where the tests are")] = CHECKOUT / "tests",
    as_json: AsJson = False,
) -> None:
    """每一条款：由哪些代码执行、证明到何种程度、缺什么 · what carries out a clause, how far it is proved, what is missing."""
    try:
        report = trace_clauses(tests, ids=ids or (), missing=missing, line=line)
    except ValueError as error:
        raise UserError(str(error)) from None
    if as_json:
        print_json(report.as_data())
    else:
        for each in report.clauses:
            _print(each)
    typer.echo(_counted(report), err=True)
    for id_ in report.unknown:
        typer.echo(f"{id_}：需求清单中没有 · not in the list of requirements", err=True)
    if (missing and (report.clauses or report.unknown)) or set(ids or ()) & set(report.unknown):
        raise typer.Exit(1)


def _print(each: ClauseTrace) -> None:
    typer.echo(f"{each.id}  {each.regulation}  {each.clause}  {WORDS[each.proof]} {each.proof}")
    for what in each.missing:
        typer.echo(f"    缺 missing: {what}")
    for place in (*each.code, *each.scenarios, *each.tests):
        typer.echo(f"    {place}")


def _counted(report: ClauseReport) -> str:
    each = "，".join(f"{WORDS[proof]} {proof} {report.counts[proof]}" for proof in Proof)
    return f"{report.counts.total()}条 requirements：{each}"
