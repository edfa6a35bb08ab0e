"""规则书 on the console: what holds in a jurisdiction on a day, each value with its clause and its reading."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.visitor import Visiting
from gongkai.contracts.clauses import clause
from gongkai.identity.signed_in import show
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.web.rulebook_view import NATIONAL, view_of_rulebook

router = APIRouter(include_in_schema=False)


@router.get("/rules")
@acts(Action.READ_CALENDAR)
async def mine(who: Visiting) -> Response:
    """Those of the visitor's own unit; the national ones for who has none."""
    entries = [who.register.unit(held.unit) for held in who.holdings]
    where = next((entry.jurisdiction for entry in entries if entry), NATIONAL)
    return RedirectResponse(f"/rules/{where}", 303)


@router.get("/rules/{jurisdiction}")
@acts(Action.READ_CALENDAR)
@clause("GT-since")
async def one(
    request: Request, jurisdiction: str, who: Visiting, deps: DependenciesOf, on: str = ""
) -> Response:
    view = view_of_rulebook(jurisdiction, on, local_date(await deps.clock.now()))
    if view is None:
        raise HTTPException(404)
    return await show(request, who, "rules.html", at="rules", view=view)
