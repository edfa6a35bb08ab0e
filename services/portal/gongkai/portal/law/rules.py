"""The rules for the public: what binds the body that someone asks, each value with its clause (条例第十二条: 工作流程、期限)."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.face import page
from gongkai.rules.moment import local_date
from gongkai.runtime.rights import acts
from gongkai.web.book import NATIONAL, book_of

router = APIRouter(include_in_schema=False)


@router.get("/rules")
@acts(Action.READ_PUBLISHED)
async def national() -> Response:
    """The law first; a county's own rules are a step further."""
    return RedirectResponse(f"/rules/{NATIONAL}", 303)


@router.get("/rules/{jurisdiction}")
@acts(Action.READ_PUBLISHED)
@clause("GT-since")
async def one(request: Request, jurisdiction: str, on: str = "") -> Response:
    """On a day: an application is judged by what was in force then."""
    now = await request.app.state.deps.clock.now()
    book = book_of(jurisdiction, on, local_date(now))
    if book is None:
        raise HTTPException(404)
    return await page(request, "rules.html", now=now, book=book)
