"""工作日历: a year, its notices and a calculator for officers; and where the next year's notice is entered (GT-count)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calendar.notices import ROWS, as_body, at_form_field
from gongkai.console.calls import command
from gongkai.console.visitor import Visiting, Visitor
from gongkai.identity import sessions
from gongkai.identity.signed_in import ForgedForm, FormFields, show
from gongkai.rules.calendar import Notice, notice_faults, read_notices
from gongkai.rules.local_time import local_date
from gongkai.rules.rule_file import RuleFileError, RuleFileFault
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem
from gongkai.web.calculator import calculate
from gongkai.web.year import year_of

router = APIRouter(include_in_schema=False)

LARGEST_FILE = 64 * 1024  # bytes; a year's notice has two thousand


def may_announce(who: Visitor) -> bool:
    """Whether the form is offered; whether the notice counts, intake decides."""
    return who.may(Action.ANNOUNCE_HOLIDAYS)


@router.get("/calendar")
@acts(Action.READ_CALENDAR)
async def calendar(
    request: Request, who: Visiting, deps: DependenciesOf, year: str = "", done: str = ""
) -> Response:
    today = local_date(await deps.clock.now())
    wanted = int(year) if year.isdecimal() and len(year) == len("2026") else today.year
    return await show(
        request,
        who,
        "calendar.html",
        at="calendar",
        year=year_of(who.calendar, wanted),
        r=calculate(who.calendar, request.query_params, today),
        announces=may_announce(who),
        version=who.calendar.version,
        done=done,
    )


@router.get("/calendar/notice")
@acts(Action.ANNOUNCE_HOLIDAYS)
async def blank(request: Request, who: Visiting) -> Response:
    who.must(Action.ANNOUNCE_HOLIDAYS)
    return await _page(request, who, FormFields({"year": who.calendar.last_year + 1}))


@router.post("/calendar/notice")
@acts(Action.ANNOUNCE_HOLIDAYS)
async def announce(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    """From the form's rows, or from a file that is written like those that the software ships."""
    form = await typed(request, max_files=1)
    try:
        if not sessions.tokens_match(who.csrf, form.get("csrf")):
            raise ForgedForm
        upload = form.get("file")
        text = await _text(upload) if isinstance(upload, UploadFile) and upload.size else form.get("text")
        name = upload.filename if isinstance(upload, UploadFile) and upload.filename else "notice.yaml"
        fields = FormFields({key: value for key, value in form.items() if isinstance(value, str)})
    finally:
        await form.close()
    who.must(Action.ANNOUNCE_HOLIDAYS)
    if str(text or "").strip():
        fields["text"] = str(text)
        notice, problems = await _of_file(deps, who, str(text), name)
    else:
        notice, problems = await _of_form(deps, who, fields)
    if notice is None:
        return await _page(request, who, fields, problems)
    body = notice.model_dump(mode="json", by_alias=True)
    response = await command(deps, who, "intake", "/calendar/notices", body=body, key=fields["key"])
    if response.ok:
        return RedirectResponse(f"/calendar?year={notice.year}&done=notice", 303)
    return await _page(request, who, fields, response.problems)


async def _text(upload: UploadFile) -> str:
    content = await upload.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise HTTPException(413)
    return content.decode("utf-8", "replace").replace("\0", "\ufffd")


async def _of_file(
    deps: Dependencies, who: Visitor, text: str, name: str
) -> tuple[Notice | None, list[Problem]]:
    try:
        file = read_notices(text[:LARGEST_FILE], name)
    except RuleFileError as error:
        return None, [_problem_of(fault) for fault in error.faults]
    notice = file.content.notices[-1]
    today, at = local_date(await deps.clock.now()), ("notices", len(file.content.notices) - 1)
    if len(file.content.notices) > 1:
        fault = file.fault(at, zh="一次录入一个通知", en="enter one notice at a time")
        return None, [_problem_of(fault)]
    found = notice_faults(notice, who.calendar, today)
    faults = [file.fault((*at, *o.where), zh=o.says.zh, en=o.says.en) for o in found]
    return None if faults else notice, [_problem_of(fault) for fault in faults]


def _problem_of(fault: RuleFileFault) -> Problem:
    """A fault with its line number, at the text field."""
    where = f"{fault.file}:{fault.line}"
    return Problem("calendar.line", f"{where} {fault.says.zh}", f"{where} {fault.says.en}", field="/text")


async def _of_form(
    deps: Dependencies, who: Visitor, form: Mapping[str, Any]
) -> tuple[Notice | None, list[Problem]]:
    body, rows = as_body(form)
    try:
        notice = Notice.model_validate(body)
    except ValidationError as error:
        return None, [at_form_field(found["loc"], found["msg"], rows) for found in error.errors()]
    today = local_date(await deps.clock.now())
    problems = [
        at_form_field(o.where, f"{o.says.zh} · {o.says.en}", rows, o.code)
        for o in notice_faults(notice, who.calendar, today)
    ]
    return None if problems else notice, problems


async def _page(
    request: Request, who: Visitor, form: FormFields, problems: Sequence[Problem] = ()
) -> Response:
    return await show(
        request,
        who,
        "notice.html",
        at="calendar",
        status=problems[0].status if problems else 200,
        typed=form,
        rows=ROWS,
        problems=list(problems),
        key=form["key"] or str(uuid4()),
        last_year=who.calendar.last_year,
    )
