"""依申请公开: the lists, and the page of one application with its clock day by day and the form of its answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.applications import reads as applications
from gongkai.console.applications.signing import signing_of
from gongkai.console.calls import ask, command, in_form_words
from gongkai.console.events import reads as events
from gongkai.console.events.timeline import coming, steps
from gongkai.console.lateness import Lateness, clock_of, lateness_of
from gongkai.console.lists.addresses import Cursor, page_links
from gongkai.console.visitor import Visiting, Visitor
from gongkai.contracts.vocabulary import AnswerKind, Channel, Ground
from gongkai.identity.signed_in import FormFields, form_of, show
from gongkai.rules.calendar import Calendar
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import ClockView, Problem, days_after, t, view_of_clock
from gongkai.web.typeset import Sheet, typeset

router = APIRouter(include_in_schema=False)

Tab = Literal["open", "late", "risk", "wait", "answered", "answered-late"]

LABELS = {"/kind": ("答复类型", "Kind of answer"), "/text": ("告知书正文", "Text of the letter")}


@router.get("/applications")
@acts(Action.SEE_DESK)
async def listing(
    request: Request,
    who: Visiting,
    deps: DependenciesOf,
    *,
    tab: Tab = "open",
    unit: str = "",
    since: date | None = None,
    cursor: Cursor,
) -> Response:
    today = local_date(await deps.clock.now())
    groups = await applications.open_groups(deps.pool, who.calendar, who.register, today, who.scope)
    groups = [g for g in groups if not unit or g.unit == unit]
    asked = {"tab": tab, "unit": unit, "since": since}
    if tab.startswith("answered"):
        late = tab == "answered-late"
        found: Any = await applications.answered_listing(
            deps.pool, who.scope, cursor, unit=unit, late=late, since=since
        )
    else:
        chosen = [g for g in groups if tab in ("open", g.lateness.state)]
        found = await applications.open_listing(deps.pool, chosen, cursor)
    totals = applications.totals(groups)
    return await show(
        request,
        who,
        "applications.html",
        at="applications",
        found=found,
        tab=tab,
        unit=unit,
        since=since,
        units=who.choosable(who.scope),
        totals={"open": sum(totals.values()), **{s: totals.get(s, 0) for s in ("late", "risk", "wait")}},
        kinds={k.value: k for k in AnswerKind},
        channels={c.value: c for c in Channel},
        page_links=page_links("/applications", asked, found),
    )


@router.get("/applications/{application}")
@acts(Action.SEE_CASES)
async def one(
    request: Request, application: str, who: Visiting, deps: DependenciesOf, done: str = ""
) -> Response:
    return await application_page(request, who, deps, application, done=done)


@router.post("/applications/{application}/answer")
@acts(Action.ANSWER_APPLICATION)
async def answer(request: Request, application: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    grounds = [str(g) for g in (await request.form()).getlist("grounds")]
    body = {"kind": form.get("kind"), "text": form.get("text"), "grounds": grounds}
    sent = {name: value for name, value in body.items() if value}
    given = await command(
        deps,
        who,
        "intake",
        f"/applications/{quote(application, safe='')}/answer",
        body=sent,
        key=form.get("key"),
    )
    if given.ok:
        return RedirectResponse(f"/applications/{application}?done=answer", 303)
    typed = FormFields({**form, "grounds": grounds})
    problems = in_form_words(given.problems, LABELS)
    return await application_page(
        request, who, deps, application, act="answer", problems=problems, typed=typed
    )


async def application_page(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    application: str,
    *,
    act: str = "",
    problems: list[Problem] | None = None,
    typed: FormFields | None = None,
    done: str = "",
) -> Response:
    row = await applications.one(deps.pool, application)
    if row is None or row["received"] is None:
        raise HTTPException(404)
    who.must(Action.SEE_CASES, row["unit"])
    today = local_date(await deps.clock.now())
    due = applications.due_of(who.calendar, who.register, row)
    lateness = lateness_of(due, today)
    opens = who.may(Action.READ_APPLICATION, row["unit"])
    file = await ask(deps, who, "intake", "GET", f"/applications/{application}") if opens else None
    clock = file.body["clock"] if file and file.ok else clock_of(due)
    history = steps(who, await events.of_application(deps.pool, application))
    signing = await signing_of(deps, who, row)
    if row["answered"] is None:
        what = t("签发答复", "Sign the answer") if signing.waits else t("答复申请人", "Answer the applicant")
        history.append(coming(what, f"{who.unit_name(row['unit'])} {signing.turn}", due.clause))
    return await show(
        request,
        who,
        "application.html",
        at="applications",
        status=problems[0].status if problems else 200,
        row=row,
        lateness=lateness,
        badge=_badge(row, lateness),
        signing=signing,
        clock=_view_of_clock(who.calendar, row, clock, today, lateness.due),
        file=file.body if file and file.ok else None,
        letter=_letter(file.body) if file and file.ok else None,
        file_problems=file.problems if file else [],
        kinds=[(str(k), t(k.zh, k.en), "") for k in AnswerKind],
        kind=AnswerKind(row["kind"]) if row["kind"] else None,
        channel=Channel(row["channel"]),
        grounds=[(str(g), t(g.zh, g.en)) for g in Ground],
        answers=row["answered"] is None and who.may(Action.ANSWER_APPLICATION, row["unit"]),
        history=history,
        act=act,
        blank=FormFields(),
        problems=problems or [],
        typed=typed or FormFields(signing.typed_before()),
        key=(typed or FormFields())["key"] or str(uuid4()),
        done=done,
    )


def _letter(file: Mapping[str, Any]) -> Sheet | None:
    """The answer as sent; None where there is none, or none any more."""
    text = (file.get("answer") or {}).get("text")
    return typeset(text, "") if text else None


def _badge(row: Any, lateness: Lateness) -> tuple[str, str, str]:
    """State as colour, 中文, English. What was judged when it was answered stays as judged."""
    if row["answered"] is None:
        return lateness.state, lateness.zh, lateness.en
    late = row["late_days"]
    if late:
        return "late", f"超期{late}个工作日答复", f"answered {late} working days late"
    return "done", "已按期答复", "answered in time"


def _view_of_clock(
    calendar: Calendar, row: Any, clock: Mapping[str, Any], today: date, due: date | None
) -> ClockView:
    """The clock's days; for a late case also those behind its flag."""
    answered = row["answered_on"]
    last = max(str(d["date"]) for d in clock["days"])
    more = [d for d in days_after(calendar, due, answered or today) if str(d["date"]) > last]
    return view_of_clock(clock, received=row["received_on"], today=today, answered=answered, after=more)
