"""The progress of an application, for whoever has its receipt number and query code (GT-answer, 等保: attempts).

Both are posted and never part of an address; the clock is the one that the officer sees, explained day by day.
"""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.applications.csrf import STALE, form_data, is_own_form
from gongkai.portal.applications.intake import INTAKE_UNAVAILABLE, IntakeUnavailable, Progress
from gongkai.portal.errors import error_page
from gongkai.portal.pages import client_address, form_page, page, page_dependencies
from gongkai.rules.calendar import Calendar
from gongkai.rules.deadlines import late_days
from gongkai.rules.local_time import local_date
from gongkai.runtime.rights import acts
from gongkai.web import ClockView, Problem, days_after, view_of_clock

router = APIRouter(include_in_schema=False)

NO_SUCH = Problem(
    "progress.unknown",
    "没有与该受理编号和查询码相符的申请，请核对后重试。",
    "No application has this receipt number and query code. Please check both.",
    field="/receipt",
)


@router.get("/progress")
@acts(Action.APPLY)
async def look_up(request: Request) -> Response:
    return await form_page(request, "progress.html", wrong=[], receipt="")


@router.post("/progress")
@acts(Action.APPLY)
@clause("GT-answer")
async def progress(request: Request) -> Response:
    """An unknown receipt and a wrong code get the same answer, and both count as a failure."""
    data = await form_data(request)
    deps = page_dependencies(request)
    receipt, code = (str(data.get(name, "")).strip()[:100] for name in ("receipt", "code"))
    if not is_own_form(request, data):
        return await form_page(request, "progress.html", STALE.status, wrong=[STALE], receipt=receipt)
    if not receipt or not code:
        return await form_page(request, "progress.html", 422, wrong=_blank(receipt, code), receipt=receipt)
    failures = ((deps.wrong_codes, client_address(request)), (deps.wrong_codes_of_one, receipt))
    wait = max(limit.wait(key) for limit, key in failures)
    if wait:
        return await error_page(request, 429, wait)
    try:
        found = await deps.intake.progress(receipt, code)
    except IntakeUnavailable:
        return await form_page(
            request, "progress.html", INTAKE_UNAVAILABLE.status, wrong=[INTAKE_UNAVAILABLE], receipt=receipt
        )
    if found is None:
        for limit, key in failures:
            limit.count(key)
        return await form_page(request, "progress.html", NO_SUCH.status, wrong=[NO_SUCH], receipt=receipt)
    now = await request.app.state.deps.clock.now()
    calendar = await deps.intake.calendar()
    clock = _view_of_clock(calendar, found, local_date(now))
    late = late_days(calendar, clock.due, clock.today) if clock.due and found.answer is None else 0
    return await page(request, "progress_state.html", now=now, p=found, clock=clock, late_days=late)


def _view_of_clock(calendar: Calendar, found: Progress, today: date) -> ClockView:
    answered = found.answer.answered_on if found.answer else None
    due = found.clock["due"]
    after = days_after(calendar, date.fromisoformat(due) if due else None, min(answered or today, today))
    return view_of_clock(found.clock, received=found.received_on, today=today, answered=answered, after=after)


def _blank(receipt: str, code: str) -> list[Problem]:
    found = []
    if not receipt:
        found.append(
            Problem("progress.no-receipt", "请填写受理编号", "Give the receipt number", field="/receipt")
        )
    if not code:
        found.append(Problem("progress.no-code", "请填写查询码", "Give the query code", field="/code"))
    return found
