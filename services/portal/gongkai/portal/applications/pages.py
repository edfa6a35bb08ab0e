"""依申请公开 on the web: form, check, receipt (GT-apply).

Nothing that a person typed stands in an address or in a log, and no such page is kept by a cache.
"""

from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.applications.csrf import STALE, form_data, is_own_form
from gongkai.portal.applications.form import (
    DELIVERIES,
    FORMS,
    ID_KINDS,
    Application,
    problems,
    summary_rows,
    words,
)
from gongkai.portal.applications.intake import Unit
from gongkai.portal.errors import error_page
from gongkai.portal.pages import client_address, form_page, page, page_dependencies
from gongkai.runtime.rights import acts
from gongkai.web import Problem

router = APIRouter(include_in_schema=False)


@router.get("/apply")
@acts(Action.APPLY)
async def form(request: Request, unit: str = "") -> Response:
    """For a body that takes no applications, the body that takes them in its place is selected."""
    known = {u.unit: u for u in await page_dependencies(request).intake.units()}
    asked = known.get(unit)
    chosen = (asked.apply_to or "") if asked else unit
    instead = (asked, known[chosen]) if asked and chosen in known and chosen != unit else None
    return await _form(request, Application(unit=chosen), [], instead)


@router.get("/apply/check")
@router.get("/apply/send")
@acts(Action.APPLY)
async def again(request: Request) -> Response:
    """The address of a later step was opened: back to the form."""
    return RedirectResponse("/apply", 303)


@router.post("/apply")
@acts(Action.APPLY)
async def change(request: Request) -> Response:
    """Back from checking, with everything that was typed."""
    return await _form(request, Application.typed(await form_data(request)), [])


@router.post("/apply/check")
@acts(Action.APPLY)
@clause("GT-apply")
async def check(request: Request) -> Response:
    data = await form_data(request)
    application = Application.typed(data)
    units = await _units(request)
    wrong = problems(application, units)
    if not is_own_form(request, data):
        wrong = [STALE]
    if wrong:
        return await _form(request, application, wrong)
    return await form_page(
        request,
        "check.html",
        application=application,
        answers=summary_rows(application, units),
        key=str(uuid4()),
    )


@router.post("/apply/send")
@acts(Action.APPLY)
@clause("GT-apply")
async def send(request: Request) -> Response:
    """Submit. The key comes from the page of the check, so that a second click is no second application."""
    data = await form_data(request)
    application = Application.typed(data)
    deps = page_dependencies(request)
    wrong = problems(application, await _units(request))
    if not is_own_form(request, data):
        wrong = [STALE]
    if wrong:
        return await _form(request, application, wrong)
    wait = deps.applications.wait(client_address(request))
    if wait:
        return await error_page(request, 429, wait)
    receipt = await deps.intake.apply(application.payload(), _key(data))
    if isinstance(receipt, list):
        return await _form(request, application, receipt)
    deps.applications.count(client_address(request))
    units = await _units(request)
    return await page(request, "received.html", receipt=receipt, unit_name=units[application.unit])


async def _form(
    request: Request,
    application: Application,
    wrong: list[Problem],
    instead: tuple[Unit, Unit] | None = None,
) -> Response:
    units = await _units(request)
    return await form_page(
        request,
        "apply.html",
        wrong[0].status if wrong else 200,
        a=application,
        wrong=wrong,
        instead=instead,
        units=list(units.items()),
        id_kinds=words(ID_KINDS),
        forms=[(code, label, "") for code, label in words(FORMS)],
        deliveries=[(code, label, "") for code, label in words(DELIVERIES)],
    )


async def _units(request: Request) -> dict[str, str]:
    """Bodies that take applications; until intake has been reached once, those that have published."""
    deps = page_dependencies(request)
    known = {unit.unit: unit.name for unit in await deps.intake.units() if unit.takes_applications}
    return known or {unit.key: unit.name for unit in await deps.catalogue.units()}


def _key(data: FormData) -> UUID:
    try:
        return UUID(str(data.get("key", "")))
    except ValueError:
        return uuid4()
