"""The rules for the public: each value in force in a jurisdiction, with its clause (条例第十二条: 工作流程、期限)."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.pages import page
from gongkai.rules.local_time import local_date
from gongkai.runtime.rights import acts
from gongkai.web.rulebook_view import NATIONAL, view_of_rulebook

router = APIRouter(include_in_schema=False)


@router.get("/rules")
@acts(Action.READ_PUBLISHED)
async def national() -> Response:
    """Redirects to the national rules, which link to a county's own."""
    return RedirectResponse(f"/rules/{NATIONAL}", 303)


@router.get("/rules/{jurisdiction}")
@acts(Action.READ_PUBLISHED)
@clause("GT-since")
async def one(request: Request, jurisdiction: str, on: str = "") -> Response:
    """On a day: an application is judged by what was in force then."""
    now = await request.app.state.deps.clock.now()
    view = view_of_rulebook(jurisdiction, on, local_date(now))
    if view is None:
        raise HTTPException(404)
    return await page(request, "rules.html", now=now, view=view)
