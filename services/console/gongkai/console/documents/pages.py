"""Documents: the list, and the page of one with its next action, its text and its timeline."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calls import ServiceResponse, ask, command, in_form_words
from gongkai.console.documents import reads as documents
from gongkai.console.documents.reads import STATES, DocumentFilters
from gongkai.console.documents.turns import consultation_lateness, turn
from gongkai.console.events import reads as events
from gongkai.console.events.timeline import coming, steps
from gongkai.console.lists.addresses import Cursor, page_links
from gongkai.console.visitor import Visiting, Visitor, people_with
from gongkai.contracts.events import DocumentDrafted
from gongkai.contracts.media import MEDIA
from gongkai.contracts.vocabulary import Attribute, Duty, Opinion
from gongkai.identity.signed_in import FormFields, form_of, show
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebooks import load
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, t
from gongkai.web.typeset import typeset

router = APIRouter(include_in_schema=False)

LABELS = {
    "/opinion": ("审查意见", "Opinion"),
    "/basis": ("依据", "Basis"),
    "/reason": ("理由", "Reason"),
    "/agrees": ("是否同意", "Agreement"),
    "/signed_by": ("签署人", "Signed by"),
}


@router.get("/documents")
@acts(Action.SEE_DESK)
async def listing(
    request: Request,
    who: Visiting,
    deps: DependenciesOf,
    filters: Annotated[DocumentFilters, Depends()],
    cursor: Cursor,
) -> Response:
    found = await documents.listing(deps.pool, filters, who.draft_scope, cursor)
    return await show(
        request,
        who,
        "documents.html",
        at="documents",
        found=found,
        filters=filters,
        states=STATES,
        attributes={a.value: a for a in Attribute},
        units=who.choosable(who.draft_scope),
        may_draft=bool(who.drafts_for()),
        page_links=page_links("/documents", filters, found),
    )


@router.get("/documents/{document}")
@acts(Action.SEE_DRAFTS)
async def one(
    request: Request, document: str, who: Visiting, deps: DependenciesOf, done: str = ""
) -> Response:
    return await _page(request, who, deps, document, done=done)


@router.post("/documents/{document}/review")
@acts(Action.EXAMINE, Action.EXAMINE_REFERRED)
async def review(request: Request, document: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    basis = [line for line in str(form.get("basis") or "").splitlines() if line.strip()]
    body = {
        "digest": form.get("digest"),
        "draft": form.get("draft"),
        "opinion": form.get("opinion"),
        "basis": basis,
        "reason": form.get("reason"),
    }
    response = await command(
        deps, who, "review", f"/reviews/{quote(document, safe='')}", body=_filled(body), key=form.get("key")
    )
    return await _after(request, who, deps, document, response=response, act="review", form=form)


@router.post("/documents/{document}/review/withdrawal")
@acts(Action.EXAMINE, Action.EXAMINE_REFERRED)
async def withdraw_review(request: Request, document: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    body = {"digest": form.get("digest"), "reason": form.get("reason")}
    path = f"/reviews/{quote(document, safe='')}/withdrawal"
    response = await command(deps, who, "review", path, body=_filled(body), key=form.get("key"))
    return await _after(request, who, deps, document, response=response, act="withdrawal", form=form)


@router.post("/documents/{document}/publish")
@acts(Action.PUBLISH)
async def publish(request: Request, document: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    body = {"digest": form.get("digest")}
    response = await command(
        deps, who, "publishing", f"/publications/{quote(document, safe='')}", body=body, key=form.get("key")
    )
    act = "release" if response.status == 202 else "publish"
    return await _after(request, who, deps, document, response=response, act=act, form=form)


@router.post("/documents/{document}/consultations/{consultation}")
@acts(Action.ANSWER_CONSULTATION)
async def reply(
    request: Request, document: str, consultation: str, who: Visiting, deps: DependenciesOf
) -> Response:
    form = await form_of(request, who)
    agrees = {"yes": True, "no": False}.get(str(form.get("agrees")))
    body = {"agrees": agrees, "reason": form.get("reason"), "signed_by": form.get("signed_by")}
    path = f"/consultations/{quote(consultation, safe='')}/answer"
    response = await command(deps, who, "review", path, body=_filled(body), key=form.get("key"))
    return await _after(
        request, who, deps, document, response=response, act=f"consultation-{consultation}", form=form
    )


@router.post("/documents/{document}/consultations/{consultation}/objection")
@acts(Action.ANSWER_CONSULTATION)
async def object_(
    request: Request, document: str, consultation: str, who: Visiting, deps: DependenciesOf
) -> Response:
    form = await form_of(request, who)
    body = {"reason": form.get("reason"), "signed_by": form.get("signed_by")}
    path = f"/consultations/{quote(consultation, safe='')}/objection"
    response = await command(deps, who, "review", path, body=_filled(body), key=form.get("key"))
    return await _after(
        request, who, deps, document, response=response, act=f"objection-{consultation}", form=form
    )


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    """What was left empty is not sent: the service says that it is missing."""
    return {name: value for name, value in body.items() if value not in ("", None)}


async def _after(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    document: str,
    *,
    response: ServiceResponse,
    act: str,
    form: FormFields,
) -> Response:
    """Done: redirect to the page. Refused: the same page, with the problems and all that was typed."""
    if response.ok:
        return RedirectResponse(f"/documents/{document}?done={act.partition('-')[0]}", 303)
    problems = in_form_words(response.problems, LABELS)
    return await _page(request, who, deps, document, act=act, problems=problems, typed=form)


@router.get("/documents/{document}/file")
@acts(Action.SEE_DRAFTS)
async def file(document: str, who: Visiting, deps: DependenciesOf) -> Response:
    """The version's own bytes, for who may read the draft."""
    row = await documents.one(deps.pool, document)
    if row is None:
        raise HTTPException(404)
    consultations = await documents.consultations(deps.pool, document, row["digest"])
    who.must(Action.SEE_DRAFTS, row["unit"], [k["asked"] for k in consultations])
    found = await _text_of(deps, who, row)
    if not found.ok:
        raise HTTPException(found.status)
    media = MEDIA.get(row["media_type"])
    headers = {"Content-Disposition": f'attachment; filename="document{media.ending if media else ""}"'}
    return Response(found.content or found.text.encode(), media_type=row["media_type"], headers=headers)


async def _text_of(deps: Dependencies, who: Visitor, row: Any) -> ServiceResponse:
    path = f"/documents/{row['document']}/text"
    return await ask(deps, who, "intake", "GET", path, params={"digest": row["digest"]})


async def _page(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    document: str,
    *,
    act: str = "",
    problems: list[Problem] | None = None,
    typed: FormFields | None = None,
    done: str = "",
) -> Response:
    row = await documents.one(deps.pool, document)
    if row is None:
        raise HTTPException(404)
    consultations = await documents.consultations(deps.pool, document, row["digest"])
    who.must(Action.SEE_DRAFTS, row["unit"], [k["asked"] for k in consultations])
    today = local_date(await deps.clock.now())
    next_turn = turn(who.calendar, who.register, row, consultations, today)
    facts = await events.of_document(deps.pool, document)
    history = steps(who, facts)
    if next_turn is not None:
        history.append(coming(next_turn.what, next_turn.whom, next_turn.clause))
    media = MEDIA.get(row["media_type"])
    text = await _text_of(deps, who, row) if media is None or media.is_text else ServiceResponse(200)
    publishes = row["state"] != "published" and who.may(Action.PUBLISH, row["unit"])
    gate = (
        await ask(deps, who, "publishing", "GET", f"/publications/{quote(document, safe='')}/gate")
        if publishes
        else None
    )
    return await show(
        request,
        who,
        "document.html",
        at="documents",
        status=problems[0].status if problems else 200,
        row=row,
        law=load(who.register.jurisdiction(row["unit"]), today),
        state=STATES[row["state"]],
        attribute=Attribute(row["attribute"]),
        turn=next_turn,
        consultations=[_consultation(who, k, today) for k in consultations],
        number=sum(fact["name"] == DocumentDrafted.NAME for fact in facts),
        reviews=may_review(who, row),
        withdraws=may_withdraw(who, row),
        publishes=publishes and row["attribute"] == Attribute.PROACTIVE,
        gate=gate.body if gate is not None and gate.ok else None,
        revises=row["state"] != "published" and who.may(Action.DRAFT, row["unit"]),
        opinions=[(o.value, t(o.zh, o.en), _HINTS[o]()) for o in Opinion],
        history=history,
        text=text,
        sheet=typeset(text.text, row["title"], row["media_type"]) if text.ok else None,
        media=media,
        act=act,
        problems=problems or [],
        typed=typed or FormFields(),
        blank=FormFields(),
        key=(typed or FormFields())["key"] or str(uuid4()),
        done=done,
    )


_HINTS = {
    Opinion.DISCLOSE: lambda: t(
        "不涉及国家秘密、商业秘密、个人隐私和三安全一稳定", "holds nothing that must be kept"
    ),
    Opinion.EXEMPT: lambda: t(
        "依法不予公开，须写明依据和理由", "not to be disclosed by law: basis and reason"
    ),
    Opinion.REFER: lambda: t(
        "不能确定，报有权确定的部门", "can't be determined here: to those with authority"
    ),
}


def may_review(who: Visitor, row: Any) -> bool:
    """Whether the form is offered; whether the opinion counts, the review service decides."""
    if row["review_requested_at"] is None or row["drafted_by"] == who.person:
        return False
    if row["state"] == "referred":
        return who.may(Action.EXAMINE_REFERRED, row["unit"]) and row["reviewed_by"] != who.person
    return row["review_opinion"] is None and who.may(Action.EXAMINE, row["unit"])


def may_withdraw(who: Visitor, row: Any) -> bool:
    """Whether an opinion stands that this person's office may withdraw."""
    return row["review_opinion"] is not None and (
        who.may(Action.EXAMINE, row["unit"]) or who.may(Action.EXAMINE_REFERRED, row["unit"])
    )


def _consultation(who: Visitor, row: Any, today: Any) -> dict[str, Any]:
    """One consultation with its lateness, and whether this person may answer it, or object after having agreed."""
    waits = row["answered"] is None and row["silence"] != "consent"
    answers = who.may(Action.ANSWER_CONSULTATION, asked=[row["asked"]])
    deputies = people_with(who.register, row["asked"], Duty.DEPUTY)
    return {
        "row": row,
        "asked": who.unit_name(row["asked"]),
        "lateness": consultation_lateness(who.calendar, who.register, row, today) if waits else None,
        "waits": waits,
        "mine": waits and bool(row["requested"]) and answers,
        "objects": bool(row["agrees"]) and answers,
        "deputies": deputies,
        "signs": who.person if who.person in dict(deputies) else "",
    }
