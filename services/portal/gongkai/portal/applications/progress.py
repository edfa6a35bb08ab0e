"""How an application is getting on, for who has its receipt number and query code (GT-answer, 等保: attempts).

Both are posted and stand in no address; the clock is the one that the officer sees, explained day by day.
"""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.applications.intake import AWAY, Away, Progress
from gongkai.portal.applications.posted import STALE, ours, posted
from gongkai.portal.face import client, desk, form_page, page
from gongkai.portal.guide.pages import error_page
from gongkai.rules.calendar import Calendar
from gongkai.rules.deadlines import late_days
from gongkai.rules.moment import local_date
from gongkai.runtime.rights import acts
from gongkai.web import Problem, Strip, days_after, strip_of

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
    data = await posted(request)
    at = desk(request)
    receipt, code = (str(data.get(name, "")).strip()[:100] for name in ("receipt", "code"))
    if not ours(request, data):
        return await form_page(request, "progress.html", STALE.status, wrong=[STALE], receipt=receipt)
    if not receipt or not code:
        return await form_page(request, "progress.html", 422, wrong=_blank(receipt, code), receipt=receipt)
    failures = ((at.wrong_codes, client(request)), (at.wrong_codes_of_one, receipt))
    wait = max(limit.wait(key) for limit, key in failures)
    if wait:
        return await error_page(request, 429, wait)
    try:
        found = await at.intake.progress(receipt, code)
    except Away:
        return await form_page(request, "progress.html", AWAY.status, wrong=[AWAY], receipt=receipt)
    if found is None:
        for limit, key in failures:
            limit.count(key)
        return await form_page(request, "progress.html", NO_SUCH.status, wrong=[NO_SUCH], receipt=receipt)
    now = await request.app.state.deps.clock.now()
    calendar = await at.intake.calendar()
    strip = _strip(calendar, found, local_date(now))
    late = late_days(calendar, strip.due, strip.today) if strip.due and found.answer is None else 0
    return await page(request, "progress_state.html", now=now, p=found, strip=strip, late_days=late)


def _strip(calendar: Calendar, found: Progress, today: date) -> Strip:
    answered = found.answer.answered_on if found.answer else None
    due = found.clock["due"]
    after = days_after(calendar, date.fromisoformat(due) if due else None, min(answered or today, today))
    return strip_of(found.clock, received=found.received_on, today=today, answered=answered, after=after)


def _blank(receipt: str, code: str) -> list[Problem]:
    found = []
    if not receipt:
        found.append(
            Problem("progress.no-receipt", "请填写受理编号", "Give the receipt number", field="/receipt")
        )
    if not code:
        found.append(Problem("progress.no-code", "请填写查询码", "Give the query code", field="/code"))
    return found
