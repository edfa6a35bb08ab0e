"""委托代行: one's own duties, who does them during leave, and for whom one acts (SC-1.3)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calls import command, in_form_words
from gongkai.console.visitor import Visiting, Visitor
from gongkai.contracts.events import DutyDelegated
from gongkai.contracts.vocabulary import Duty
from gongkai.identity.signed_in import FormFields, form_of, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import RightSubject, acts, allowed
from gongkai.web import Problem, t

router = APIRouter(include_in_schema=False)

LABELS: Mapping[str, tuple[str, str]] = {
    "/duties": ("职责", "Duties"),
    "/taker": ("受托人", "Colleague"),
    "/since": ("起", "From"),
    "/until": ("止", "Until"),
    "/reason": ("事由", "Reason"),
}


@router.get("/delegations")
@acts(Action.SEE_DELEGATIONS)
async def page(request: Request, who: Visiting, done: str = "") -> Response:
    return await _page(request, who, done=done)


@router.post("/delegations")
@acts(Action.DELEGATE)
async def give(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    unit, _, giver = str(form["post"]).partition("/")
    duties = [str(duty) for duty in (await request.form()).getlist("duties")]
    filled = {name: form[name] for name in ("taker", "since", "until", "reason") if form[name]}
    body = {"unit": unit, "giver": giver or who.person, "duties": duties, **filled}
    response = await command(deps, who, "intake", "/delegations", body=body, key=form.get("key"))
    if response.ok:
        return RedirectResponse("/delegations?done=given", 303)
    return await _page(
        request,
        who,
        problems=in_form_words(response.problems, LABELS),
        typed=FormFields({**form, "duties": duties}),
    )


@router.post("/delegations/{delegation}/withdrawal")
@acts(Action.WITHDRAW_DELEGATION)
async def withdraw(request: Request, delegation: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    path = f"/delegations/{quote(delegation, safe='')}/withdrawal"
    response = await command(deps, who, "intake", path, body={}, key=form.get("key"))
    if response.ok:
        return RedirectResponse("/delegations?done=withdrawn", 303)
    return await _page(request, who, problems=response.problems)


async def _page(
    request: Request,
    who: Visitor,
    *,
    problems: Sequence[Problem] = (),
    typed: FormFields | None = None,
    done: str = "",
) -> Response:
    posts = _posts(who)
    return await show(
        request,
        who,
        "delegations.html",
        at="delegations",
        status=problems[0].status if problems else 200,
        posts=[(post, words) for post, words, _ in posts],
        colleagues=_colleagues(who, {unit for _, _, unit in posts}),
        duties=[(str(duty), t(duty.zh, duty.en)) for duty in Duty if duty is not Duty.AUDITOR],
        rows=[_row(who, each) for each in _shown(who)],
        problems=problems,
        typed=typed or FormFields(),
        key=(typed or FormFields())["key"] or str(uuid4()),
        done=done,
    )


def _may(who: Visitor, action: Action, unit: str, giver: str) -> bool:
    return allowed(who.asker, action, RightSubject(unit, person=giver))


def _posts(who: Visitor) -> list[tuple[str, str, str]]:
    """Whose duties may be delegated here: one's own, and for the head of a unit its officers' as well."""
    found = []
    for holding in who.holdings:
        entry = who.register.unit(holding.unit, on=who.asker.day)
        for officer in entry.officers if entry else ():
            own = who.register.own_duties(officer.person, holding.unit, who.asker.day) - {Duty.AUDITOR}
            if own and _may(who, Action.DELEGATE, holding.unit, officer.person):
                duties = t("、", ", ").join(t(d.zh, d.en) for d in Duty if d in own)
                words = f"{who.unit_name(holding.unit)} {officer.name} {duties}"
                found.append((f"{holding.unit}/{officer.person}", words, holding.unit))
    return sorted(found, key=lambda post: not post[0].endswith(f"/{who.person}"))


def _colleagues(who: Visitor, units: set[str]) -> list[tuple[str, str]]:
    entries = [who.register.unit(unit, on=who.asker.day) for unit in sorted(units)]
    return [
        (officer.person, f"{officer.name} · {entry.name}" if len(units) > 1 else officer.name)
        for entry in entries
        if entry is not None
        for officer in entry.officers
        if Duty.AUDITOR not in officer.duties
    ]


def _shown(who: Visitor) -> list[DutyDelegated]:
    """Those that are one's own, given or taken, and those of the units that one heads; the newest first."""
    given = who.register.delegations.given.values()
    mine = [
        each
        for each in given
        if who.person in (each.giver, each.taker)
        or _may(who, Action.WITHDRAW_DELEGATION, each.unit, each.giver)
    ]
    return sorted(mine, key=lambda each: (each.since, each.delegation), reverse=True)


def _row(who: Visitor, each: DutyDelegated) -> dict[str, Any]:
    names = {h.person: h.name for h in _officers(who, each.unit)}
    end = who.register.delegations.withdrawn.get(each.delegation)
    today = who.asker.day
    state = (
        ("none", "已撤回", "withdrawn")
        if end
        else ("none", "已结束", "over")
        if each.until < today
        else ("done", "生效中", "in force")
        if each.since <= today
        else ("open", "未开始", "to come")
    )
    return {
        "it": each,
        "giver": names.get(each.giver, each.giver),
        "taker": names.get(each.taker, each.taker),
        "state": state,
        "ends": None
        if end or each.until < today
        else _may(who, Action.WITHDRAW_DELEGATION, each.unit, each.giver),
    }


def _officers(who: Visitor, unit: str) -> Sequence[Any]:
    entry = who.register.unit(unit, on=who.asker.day) or who.register.unit(unit)
    return entry.officers if entry else ()
