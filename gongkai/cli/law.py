"""The law on the command line: deadlines, working days, rulebooks, and which test proves which clause."""

import importlib
import json
import pkgutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

import gongkai
from gongkai.contracts.clauses import marked
from gongkai.rules.calendar import NoNotice, official
from gongkai.rules.deadlines import Deadline, Pause
from gongkai.rules.deadlines import deadline as count
from gongkai.rules.moment import local_date
from gongkai.rules.proofs import proofs
from gongkai.rules.requirements import requirements
from gongkai.rules.rulebooks import Loosens, UnknownRulebook, Value, shipped

app = typer.Typer(no_args_is_help=True)
rules = typer.Typer(no_args_is_help=True, help="规则书 · rulebooks")
app.add_typer(rules, name="rules")

CHECKOUT = Path(__file__).resolve().parents[2]

AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 · as JSON")]


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(
            f"日期须写作 2026-03-02 · {written!r} is not a date like 2026-03-02"
        ) from None


def _pause(written: str) -> Pause:
    first, _, last = written.partition("..")
    try:
        return Pause(_day(first), _day(last))
    except ValueError:
        raise typer.BadParameter(f"{written!r}：止日早于起日 · ends before it begins") from None


def _print_json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def _fail(message: object, code: int) -> typer.Exit:
    typer.echo(str(message), err=True)
    return typer.Exit(code)


@app.command("deadline")
def show_deadline(
    rule: Annotated[str, typer.Option(help="条款或名称 · a clause (GT-answer) or a name (answer)")],
    received: Annotated[
        date, typer.Option(parser=_day, metavar="DATE", help="起算日 · the day it starts on")
    ],
    jurisdiction: Annotated[
        str | None, typer.Option(help="规则书 · rulebook: cn, sc, cx, wy, hz, ls; else as the clause says")
    ] = None,
    pause: Annotated[
        list[Pause] | None,
        typer.Option(parser=_pause, metavar="FROM..TO", help="不计入的日子 · days left out"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """期限逐日计算 · a deadline, day by day with reasons."""
    library, calendar = shipped(), official()
    prefix = rule.partition("-")[0].lower()
    where = jurisdiction or (prefix if prefix in library.files else "cn")
    try:
        book = library.load(where, received)
        name, found = library.term(rule, where, received)
    except (UnknownRulebook, Loosens) as error:
        raise _fail(error, 2) from error
    try:
        result = count(calendar, start=received, term=found.term, pauses=pause or ())
    except NoNotice as error:
        raise _fail(error, 1) from error
    if as_json:
        _print_json(
            {
                "rule": name,
                "clause": found.clause,
                "term": str(found.term),
                "rulebook": book.version,
                "calendar": calendar.version,
                "due": result.due,
                "left": result.left,
                "awaits": result.awaits,
                "days": [
                    {
                        "date": day.date,
                        "counts": day.counts,
                        "n": day.n,
                        "reason": day.reason.zh,
                        "reason_en": day.reason.en,
                        "code": day.reason.code,
                    }
                    for day in result.days
                ],
            }
        )
        return
    _print_deadline(result, f"{name} · {found.term.zh} · {found.term.en} · {found.clause} · {book.version}")


def _print_deadline(result: Deadline, title: str) -> None:
    table = Table("日期 date", "星期", "第几日 n", "原因 reason", title=title)
    for day in result.days:
        n = str(day.n) if day.n else ""
        weekday = "一二三四五六日"[day.date.weekday()]
        table.add_row(str(day.date), weekday, n, f"{day.reason.zh} {day.reason.en}")
    console = Console()
    console.print(table)
    console.print(f"{result.says.zh} · {result.says.en}")


@app.command("calendar")
def show_calendar(
    year: Annotated[int, typer.Option(min=1, max=9999, help="年份 · the year")], as_json: AsJson = False
) -> None:
    """某年的工作日 · a year's working days, by the State Council's notices."""
    calendar = official()
    try:
        days = calendar.working_days(year)
    except NoNotice as error:
        raise _fail(error, 1) from error
    notices = [notice for notice in calendar.notices if notice.year == year]
    if as_json:
        numbers = [{"number": notice.number, "dated": notice.dated} for notice in notices]
        _print_json({"year": year, "version": calendar.version, "notices": numbers, "working_days": days})
        return
    table = Table("节日 holiday", "放假 days off", "调休上班 make-up days")
    for notice in notices:
        typer.echo(f"{notice.dated} {notice.number} {notice.title}")
        for holiday in notice.holidays:
            off = f"{holiday.first} – {holiday.last}"
            worked = " ".join(str(day) for day in holiday.make_up)
            table.add_row(f"{holiday.zh} {holiday.en}", off, worked)
    console = Console()
    console.print(table)
    console.print(f"全年工作日{len(days)}天 · {len(days)} working days")


@rules.command("show")
def show_rules(
    jurisdiction: Annotated[str, typer.Argument(help="cn, sc, cx, wy, hz, ls")],
    on: Annotated[
        date | None,
        typer.Option(parser=_day, metavar="DATE", help="哪一天的规则，默认今天 · by default today's"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """某地某日的规则，逐项写明条款 · the rules of a place on a day, each with its clause."""
    try:
        book = shipped().load(jurisdiction, on or local_date(datetime.now(UTC)))
    except (UnknownRulebook, Loosens) as error:
        raise _fail(error, 2) from error
    if as_json:
        _print_json({"version": book.version, "values": {name: _value(v) for name, v in book.entries()}})
        return
    table = Table(title=book.version)
    for heading in ("项 value", "规定 rule", "条款 clause", "本系统的理解 reading"):
        table.add_column(heading, overflow="fold")
    for name, value in book.entries():
        shown, reading = value.shown(), value.reading
        table.add_row(
            name,
            f"{shown['zh']}\n{shown['en']}",
            value.clause,
            f"{reading.zh}\n{reading.en}" if reading else "",
        )
    Console().print(table)


def _value(value: Value) -> dict[str, Any]:
    return {**value.model_dump(mode="json"), **value.shown()}


@rules.command("check")
def check_rules() -> None:
    """检查全部规则书 · check every rulebook on every day when something changes."""
    faults = shipped().check()
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{len(shipped().files)}部规则书无误 · {len(shipped().files)} rulebooks are sound")


@app.command("clauses")
def show_clauses(
    missing: Annotated[
        bool, typer.Option("--missing", help="只列没有测试的 · untested ones only; exit 1")
    ] = False,
    tests: Annotated[Path, typer.Option(help="测试目录 · where the tests are")] = CHECKOUT / "tests",
    as_json: AsJson = False,
) -> None:
    """每一条款由哪些代码执行、哪些测试证明 · which code carries out a clause, which tests prove it."""
    _import_everything()
    code, proved = marked(), proofs(tests)
    rows = [
        {
            "id": id_,
            "regulation": requirement.regulation,
            "clause": requirement.clause,
            "code": sorted(code.get(id_, ())),
            "tests": proved.get(id_, []),
        }
        for id_, requirement in requirements().items()
        if not (missing and id_ in proved)
    ]
    unknown = sorted({*code, *proved} - set(requirements()))
    if as_json:
        _print_json({"clauses": rows, "unknown": unknown})
    else:
        for row in rows:
            typer.echo(f"{row['id']}  {row['regulation']}  {row['clause']}")
            for place in (*row["code"], *row["tests"]):
                typer.echo(f"    {place}")
        untested = len(set(requirements()) - set(proved))
        typer.echo(f"{len(requirements())}条，{untested}条尚无测试 · {untested} without a test", err=True)
    for id_ in unknown:
        typer.echo(f"{id_}：需求清单中没有 · not in the list of requirements", err=True)
    if missing and (rows or unknown):
        raise typer.Exit(1)


def _import_everything() -> None:
    def fail(name: str) -> None:
        raise ImportError(f"{name} can't be imported, so its clauses aren't known")

    for module in pkgutil.walk_packages(gongkai.__path__, "gongkai.", onerror=fail):
        importlib.import_module(module.name)
