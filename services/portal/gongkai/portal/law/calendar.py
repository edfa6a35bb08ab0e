"""The working-day calendar for the public (条例第三十三条): a year, its notices, and a calculator of deadlines."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.face import desk, page
from gongkai.rules.moment import local_date
from gongkai.runtime.rights import acts
from gongkai.web.reckon import reckon
from gongkai.web.year import year_of

router = APIRouter(include_in_schema=False)


@router.get("/calendar")
@acts(Action.READ_PUBLISHED)
@clause("GT-count")
async def calendar(request: Request, year: str = "") -> Response:
    """Which days count, and by which notice. A year without a notice says that it is awaited."""
    now = await request.app.state.deps.clock.now()
    known, today = await desk(request).intake.calendar(), local_date(now)
    wanted = int(year) if year.isdecimal() and len(year) == len("2026") else today.year
    return await page(
        request,
        "calendar.html",
        now=now,
        year=year_of(known, wanted),
        r=reckon(known, request.query_params, today),
    )
