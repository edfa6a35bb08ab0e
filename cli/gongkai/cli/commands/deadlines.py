"""`gongkai deadline`, `gongkai calendar`: a deadline day by day, and a year's working days."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gongkai.cli.commands.terminal import AsJson, NoticesFrom, day, fail, print_json
from gongkai.operate.logs.calendar import calendar_of
from gongkai.rules.calendar import NoNotice
from gongkai.rules.deadlines import Deadline, Pause, latest_before
from gongkai.rules.deadlines import deadline as count
from gongkai.rules.rulebooks import LeastRule, OverlayLoosensLaw, UnknownRulebook, shipped

app = typer.Typer(no_args_is_help=True)

HOW_TO_ENTER_A_NOTICE = (
    "由名录管理员或主管部门在控制台“日历”页录入，再加 --data 计算 / the registrar or the disclosure authority enters it on the "
    "console's page Calendar; then count with --data"
)


def _pause(written: str) -> Pause:
    first, _, last = written.partition("..")
    try:
        return Pause(day(first), day(last))
    except ValueError:
        raise typer.BadParameter(f"{written!r}：暂停期间的止日早于起日 · ends before it begins") from None


@app.command("deadline")
def show_deadline(
    *,
    rule: Annotated[
        str,
        typer.Option(
            help="条款或名称，见 `gongkai rules list` · a clause (GT-answer) or a name (answer): `gongkai rules list`"
        ),
    ],
    received: Annotated[
        date,
        typer.Option(
            parser=day,
            metavar="DATE",
            help="起算日；“提前”的从该日倒数 · the day it starts on; what is due N days before is counted back from it",
        ),
    ],
    jurisdiction: Annotated[
        str | None, typer.Option(help="规则书 · rulebook: cn, sc, cx, wy, hz, ls; else as the clause says")
    ] = None,
    pause: Annotated[
        list[Pause] | None,
        typer.Option(parser=_pause, metavar="FROM..TO", help="不计入的日子 · days left out"),
    ] = None,
    data: NoticesFrom = None,
    as_json: AsJson = False,
) -> None:
    """期限逐日计算 · a deadline, day by day with reasons."""
    library, calendar = shipped(), calendar_of(data)
    prefix = rule.partition("-")[0].lower()
    where = jurisdiction or (prefix if prefix in library.files else "cn")
    try:
        book = library.load(where, received)
        name, found = library.term(rule, where, received)
    except (UnknownRulebook, OverlayLoosensLaw) as error:
        raise fail(error, 2) from error
    before = isinstance(found, LeastRule) and found.before
    if before and pause:
        raise typer.BadParameter(
            f"{name} 从该日倒数，不因暂停而提前，不能与 --pause 同用"
            f" · {name} is counted back from that day: no --pause moves it",
            param_hint="--pause",
        )
    try:
        if before:
            result = latest_before(calendar, event=received, term=found.term)
        else:
            result = count(calendar, start=received, term=found.term, pauses=pause or ())
    except NoNotice as error:
        raise fail(f"{error}\n{HOW_TO_ENTER_A_NOTICE}", 1) from error
    if as_json:
        print_json(
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
                        "date": each.date,
                        "counts": each.counts,
                        "n": each.n,
                        "reason": each.reason.zh,
                        "reason_en": each.reason.en,
                        "code": each.reason.code,
                    }
                    for each in result.days
                ],
            }
        )
        return
    _print_deadline(result, f"{name} · {found.term.zh} · {found.term.en} · {found.clause} · {book.version}")


def _print_deadline(result: Deadline, title: str) -> None:
    table = Table("日期 date", "星期", "第几日 n", "原因 reason", title=title)
    for each in result.days:
        n = str(each.n) if each.n else ""
        weekday = "一二三四五六日"[each.date.weekday()]
        table.add_row(str(each.date), weekday, n, f"{each.reason.zh} {each.reason.en}")
    console = Console()
    console.print(table)
    console.print(f"{result.says.zh} · {result.says.en}")


@app.command("calendar")
def show_calendar(
    year: Annotated[int, typer.Option(min=1, max=9999, help="年份 · the year")],
    data: NoticesFrom = None,
    as_json: AsJson = False,
) -> None:
    """某年的工作日 · a year's working days, by the State Council's notices."""
    calendar = calendar_of(data)
    try:
        days = calendar.working_days(year)
    except NoNotice as error:
        raise fail(f"{error}\n{HOW_TO_ENTER_A_NOTICE}", 1) from error
    notices = [notice for notice in calendar.notices if notice.year == year]
    if as_json:
        numbers = [{"number": notice.number, "dated": notice.dated} for notice in notices]
        print_json({"year": year, "version": calendar.version, "notices": numbers, "working_days": days})
        return
    table = Table("节日 holiday", "放假 days off", "调休上班 make-up days")
    for notice in notices:
        typer.echo(f"{notice.dated} {notice.number} {notice.title}")
        for holiday in notice.holidays:
            off = f"{holiday.first} – {holiday.last}"
            worked = " ".join(map(str, holiday.make_up))
            table.add_row(f"{holiday.zh} {holiday.en}", off, worked)
    console = Console()
    console.print(table)
    console.print(f"全年工作日{len(days)}天 · {len(days)} working days")
