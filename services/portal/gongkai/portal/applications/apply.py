"""依申请公开 on the web: form, check, receipt (GT-apply).

Nothing that a person typed stands in an address or in a log, and no such page is kept by a cache.
"""

from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.portal.actions import Action
from gongkai.portal.applications.form import DELIVERIES, FORMS, ID_KINDS, Application, problems, said, words
from gongkai.portal.applications.intake import Unit
from gongkai.portal.applications.posted import STALE, ours, posted
from gongkai.portal.face import client, desk, form_page, page
from gongkai.portal.guide.pages import error_page
from gongkai.runtime.rights import acts
from gongkai.web import Problem

router = APIRouter(include_in_schema=False)


@router.get("/apply")
@acts(Action.APPLY)
async def form(request: Request, unit: str = "") -> Response:
    """For a body that takes no applications, the one is chosen that does."""
    known = {u.unit: u for u in await desk(request).intake.units()}
    asked = known.get(unit)
    chosen = (asked.apply_to or "") if asked else unit
    instead = (asked, known[chosen]) if asked and chosen in known and chosen != unit else None
    return await _form(request, Application(unit=chosen), [], instead)


@router.get("/apply/check")
@router.get("/apply/send")
@acts(Action.APPLY)
async def again(request: Request) -> Response:
    """Someone opens the address of a step: the form is where it begins."""
    return RedirectResponse("/apply", 303)


@router.post("/apply")
@acts(Action.APPLY)
async def change(request: Request) -> Response:
    """Back from checking, with everything kept."""
    return await _form(request, Application.typed(await posted(request)), [])


@router.post("/apply/check")
@acts(Action.APPLY)
@clause("GT-apply")
async def check(request: Request) -> Response:
    data = await posted(request)
    application = Application.typed(data)
    units = await _units(request)
    wrong = problems(application, units)
    if not ours(request, data):
        wrong = [STALE]
    if wrong:
        return await _form(request, application, wrong)
    return await form_page(
        request, "check.html", application=application, answers=said(application, units), key=str(uuid4())
    )


@router.post("/apply/send")
@acts(Action.APPLY)
@clause("GT-apply")
async def send(request: Request) -> Response:
    """Hand in. The key comes from the page that was checked, so that a second click is no second application."""
    data = await posted(request)
    application = Application.typed(data)
    at = desk(request)
    wrong = problems(application, await _units(request))
    if not ours(request, data):
        wrong = [STALE]
    if wrong:
        return await _form(request, application, wrong)
    wait = at.applications.wait(client(request))
    if wait:
        return await error_page(request, 429, wait)
    receipt = await at.intake.apply(application.payload(), _key(data))
    if isinstance(receipt, list):
        return await _form(request, application, receipt)
    at.applications.count(client(request))
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
    """Bodies that take applications; while intake has never been reached, those that have published."""
    at = desk(request)
    known = {unit.unit: unit.name for unit in await at.intake.units() if unit.takes_applications}
    return known or {unit.key: unit.name for unit in await at.catalogue.units()}


def _key(data: FormData) -> UUID:
    try:
        return UUID(str(data.get("key", "")))
    except ValueError:
        return uuid4()
