"""签发: the signer's word on a proposed answer, and its withdrawal: forms on the application's page (CX-17e)."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.applications.pages import application_page
from gongkai.console.calls import command, in_form_words
from gongkai.console.visitor import Visiting
from gongkai.contracts.streams import application_stream
from gongkai.identity.signed_in import form_of
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts

router = APIRouter(include_in_schema=False)

LABELS = {"/decision": ("签批意见", "Decision"), "/opinion": ("意见", "Opinion")}


@router.post("/applications/{application}/sign-off")
@acts(Action.SIGN)
async def sign(request: Request, application: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    body = {name: value for name in ("subject", "digest", "decision", "opinion") if (value := form.get(name))}
    path = f"/sign-offs/{quote(application_stream(application), safe='')}"
    given = await command(deps, who, "review", path, body=body, key=form.get("key"))
    if given.ok:
        return RedirectResponse(f"/applications/{application}?done={form.get('decision')}", 303)
    problems = in_form_words(given.problems, LABELS)
    return await application_page(request, who, deps, application, act="sign", problems=problems, typed=form)


@router.post("/applications/{application}/withdrawal")
@acts(Action.WITHDRAW_PROPOSAL)
async def withdraw(request: Request, application: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    body = {name: value for name in ("proposal", "reason") if (value := form.get(name))}
    path = f"/applications/{quote(application, safe='')}/proposal/withdrawal"
    given = await command(deps, who, "intake", path, body=body, key=form.get("key"))
    if given.ok:
        return RedirectResponse(f"/applications/{application}?done=withdraw", 303)
    return await application_page(
        request, who, deps, application, act="withdraw", problems=given.problems, typed=form
    )
