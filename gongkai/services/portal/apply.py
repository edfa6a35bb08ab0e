"""依申请公开 on the web: form, check, receipt; and the look-up of an application's progress (GT-apply, GT-answer).

Nothing that a person typed stands in an address or in a log, and no such page is kept by a cache.
"""

from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.rules.moment import local_date
from gongkai.runtime.web import Problem, strip_of
from gongkai.services.portal import csrf
from gongkai.services.portal.face import client, desk, form_page, page
from gongkai.services.portal.form import DELIVERIES, FORMS, ID_KINDS, Application, problems, said, words
from gongkai.services.portal.intake import AWAY, Away
from gongkai.services.portal.standing import error_page

router = APIRouter(include_in_schema=False)

LARGEST = 64 * 1024  # bytes of a posted form

STALE = Problem(
    "form.stale",
    "页面已失效，您填写的内容还在，请再提交一次。",
    "This page had expired. What you typed is still here: please send it again.",
    status=403,
)
NO_SUCH = Problem(
    "progress.unknown",
    "没有与该受理编号和查询码相符的申请，请核对后重试。",
    "No application has this receipt number and query code. Please check both.",
    field="/receipt",
)


@router.get("/apply")
async def form(request: Request, unit: str = "") -> Response:
    return await _form(request, Application(unit=unit), [])


@router.get("/apply/check")
@router.get("/apply/send")
async def again(request: Request) -> Response:
    """Someone opens the address of a step: the form is where it begins."""
    return RedirectResponse("/apply", 303)


@router.post("/apply")
async def change(request: Request) -> Response:
    """Back from checking, with everything kept."""
    return await _form(request, Application.typed(await _posted(request)), [])


@router.post("/apply/check")
@clause("GT-apply")
async def check(request: Request) -> Response:
    data = await _posted(request)
    application = Application.typed(data)
    units = await _units(request)
    wrong = problems(application, units)
    if not _ours(request, data):
        wrong = [STALE]
    if wrong:
        return await _form(request, application, wrong)
    return await form_page(
        request, "check.html", application=application, answers=said(application, units), key=str(uuid4())
    )


@router.post("/apply/send")
@clause("GT-apply")
async def send(request: Request) -> Response:
    """Hand in. The key comes from the page that was checked, so that a second click is no second application."""
    data = await _posted(request)
    application = Application.typed(data)
    at = desk(request)
    wrong = problems(application, await _units(request))
    if not _ours(request, data):
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


@router.get("/progress")
async def look_up(request: Request) -> Response:
    return await form_page(request, "progress.html", wrong=[], receipt="")


@router.post("/progress")
@clause("GT-answer")
async def progress(request: Request) -> Response:
    """An unknown receipt and a wrong code get the same answer, and both count as a failure."""
    data = await _posted(request)
    at = desk(request)
    receipt, code = (str(data.get(name, "")).strip()[:100] for name in ("receipt", "code"))
    if not _ours(request, data):
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
    now = await request.app.state.parts.clock.now()
    strip = strip_of(
        found.clock,
        received=found.received_on,
        today=local_date(now),
        answered=found.answer.answered_on if found.answer else None,
        after=found.clock.get("after") or (),
    )
    return await page(request, "progress_state.html", now=now, p=found, strip=strip)


def _blank(receipt: str, code: str) -> list[Problem]:
    found = []
    if not receipt:
        found.append(Problem("progress.no-receipt", "请填写受理编号", "Give the receipt number", field="/receipt"))
    if not code:
        found.append(Problem("progress.no-code", "请填写查询码", "Give the query code", field="/code"))
    return found


async def _form(request: Request, application: Application, wrong: list[Problem]) -> Response:
    units = await _units(request)
    return await form_page(
        request,
        "apply.html",
        wrong[0].status if wrong else 200,
        a=application,
        wrong=wrong,
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


async def _posted(request: Request) -> FormData:
    if int(request.headers.get("content-length") or LARGEST + 1) > LARGEST:
        raise HTTPException(413)
    return await request.form(max_files=0)


def _ours(request: Request, data: FormData) -> bool:
    return csrf.accepted(request, str(data.get("csrf", "")))


def _key(data: FormData) -> UUID:
    try:
        return UUID(str(data.get("key", "")))
    except ValueError:
        return uuid4()
