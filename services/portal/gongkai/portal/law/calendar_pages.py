"""The working-day calendar for the public (条例第三十三条): a year, its notices, and a calculator of deadlines."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.pages import page, page_dependencies
from gongkai.rules.local_time import local_date
from gongkai.runtime.rights import acts
from gongkai.web.calculator import calculate
from gongkai.web.year import year_of

router = APIRouter(include_in_schema=False)


@router.get("/calendar")
@acts(Action.READ_PUBLISHED)
@clause("GT-count")
async def calendar(request: Request, year: str = "") -> Response:
    """Which days count, and by which notice. A year without a notice says that it is awaited."""
    now = await request.app.state.deps.clock.now()
    known, today = await page_dependencies(request).intake.calendar(), local_date(now)
    wanted = int(year) if year.isdecimal() and len(year) == len("2026") else today.year
    return await page(
        request,
        "calendar.html",
        now=now,
        year=year_of(known, wanted),
        r=calculate(known, request.query_params, today),
    )
