"""`gongkai rules`: what holds where and when, which terms there are, and where two places differ."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import gongkai
from gongkai.cli.commands.terminal import AsJson, day, fail, print_json
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebook_reads import all_values, reads, unread
from gongkai.rules.rulebooks import OverlayLoosensLaw, Rulebook, UnknownRulebook, Value, shipped
from gongkai.rules.rulebooks.library import Counted
from gongkai.rules.rulebooks.titles import title

app = typer.Typer(no_args_is_help=True)
rules = typer.Typer(no_args_is_help=True, help="规则书 · rulebooks")
app.add_typer(rules, name="rules")


@app.callback()
def _group() -> None:
    """Keeps `rules` a group of its own when it is the only one here."""


On = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DATE", help="哪一天的规则，默认今天 · by default today's"),
]
Jurisdiction = Annotated[str, typer.Argument(help="cn, sc, cx, wy, hz, ls")]


def _book(id_: str, on: date | None) -> Rulebook:
    try:
        return shipped().load(id_, on or local_date(datetime.now(UTC)))
    except (UnknownRulebook, OverlayLoosensLaw) as error:
        raise fail(error, 2) from error


def _as_data(value: Value) -> dict[str, Any]:
    return {**value.model_dump(mode="json"), **value.shown()}


def _bilingual(value: Value | None) -> str:
    if value is None:
        return "—"
    shown = value.shown()
    return f"{shown['zh']}\n{shown['en']}"


def _source(value: Value | None) -> str:
    if value is None:
        return ""
    return f"{value.clause}\n{value.article}" if value.article else value.clause


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, show_lines=True)
    table.add_column(headings[0], overflow="fold", min_width=24)
    for heading in headings[1:]:
        table.add_column(heading, overflow="fold")
    return table


@rules.command("show")
def show_rules(jurisdiction: Jurisdiction, on: On = None, as_json: AsJson = False) -> None:
    """某地某日的规则，逐项写明条款 · the rules of a place on a day, each with its clause."""
    book = _book(jurisdiction, on)
    if as_json:
        print_json({"version": book.version, "values": {name: _as_data(v) for name, v in book.entries()}})
        return
    table = _table(book.version, "项 value", "规定 rule", "条款 clause", "本系统的理解 reading")
    for name, value in book.entries():
        reading = value.reading
        table.add_row(
            name, _bilingual(value), _source(value), f"{reading.zh}\n{reading.en}" if reading else ""
        )
    Console().print(table)


@rules.command("list")
def list_rules(
    jurisdiction: Annotated[str, typer.Option(help="cn, sc, cx, wy, hz, ls")] = "cn",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """可用于 `gongkai deadline --rule` 的各项期限 · what a deadline can be counted by, by name and clause."""
    book = _book(jurisdiction, on)
    found = {name: value for name, value in book.entries() if isinstance(value, Counted)}
    if as_json:
        print_json(
            {"version": book.version, "rules": {name: _as_data(value) for name, value in found.items()}}
        )
        return
    table = _table(book.version, "名称 name", "条款 clause", "期限 term")
    for name, value in found.items():
        table.add_row(name, _source(value), _bilingual(value))
    Console().print(table)


@rules.command("diff")
def compare_rules(
    one: Annotated[str, typer.Argument(metavar="A", help="sc，或者 sc@2020-07-01（该日的规则）")],
    other: Annotated[str, typer.Argument(metavar="B", help="cx, or cn@2019-05-14: the rules of a day")],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """两地（或两日）规则的不同之处，各写明条款 · where two places, or two days, differ, each with its clause."""
    books = [
        _book(id_, day(when) if when else on) for id_, _, when in (w.partition("@") for w in (one, other))
    ]
    here, there = (dict(book.entries()) for book in books)
    names = [name for name in dict.fromkeys((*here, *there)) if _differ(here.get(name), there.get(name))]
    if as_json:
        differences = [
            {"name": name, "a": _as_data_or_none(here.get(name)), "b": _as_data_or_none(there.get(name))}
            for name in names
        ]
        print_json({"a": books[0].version, "b": books[1].version, "differences": differences})
        return
    table = _table(
        f"{len(names)}处不同 · {len(names)} differences", "项 value", books[0].version, books[1].version
    )
    for name in names:
        table.add_row(name, *(_with_source(book.get(name)) for book in (here, there)))
    Console().print(table)


def _differ(one: Value | None, other: Value | None) -> bool:
    """Other words count, and so does another clause for the same words: it can be changed apart."""
    if one is None or other is None:
        return one is not other
    return one.shown() != other.shown() or one.clause != other.clause


def _as_data_or_none(value: Value | None) -> dict[str, Any] | None:
    return None if value is None else _as_data(value)


def _with_source(value: Value | None) -> str:
    return _bilingual(value) if value is None else f"{_bilingual(value)}\n{_source(value)}"


@rules.command("check")
def check_rules(
    unread_too: Annotated[
        bool, typer.Option("--unread", help="逐项列出尚无代码读取的 · list the values that no code reads")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """检查全部规则书，并数出尚无代码读取的各项 · check every rulebook on every day when something changes, and count the
    values that no code reads."""
    faults = shipped().check()
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        raise typer.Exit(1)
    read = reads(Path(each) for each in gongkai.__path__)
    values = all_values(shipped())
    missing = unread(shipped(), read)
    whole = sum(each.name in values for each in missing)
    if as_json:
        print_json(
            {
                "rulebooks": len(shipped().files),
                "values": len(values),
                "unread": {each.name: each.clauses for each in missing},
                "undetermined": read.undetermined,
            }
        )
        return
    if unread_too:
        table = _table(f"{len(missing)}", "项 value", "名称 title", "条款 clause")
        for each in missing:
            clauses = "\n".join(f"{id_} {clause}" for id_, clause in each.clauses.items())
            table.add_row(each.name, "\n".join(title(each.name)), clauses)
        Console().print(table)
    for place in read.undetermined:
        typer.echo(f"键名不是常量 · its key is no constant: {place}", err=True)
    typer.echo(f"{len(shipped().files)}部规则书无误 · {len(shipped().files)} rulebooks are sound")
    parts = len(missing) - whole
    typer.echo(
        f"{len(values)}项中{whole}项尚无代码读取，其余各项中{parts}处 · "
        f"of {len(values)} values {whole} are read by no code, of the others {parts} parts (--unread lists them)"
    )
