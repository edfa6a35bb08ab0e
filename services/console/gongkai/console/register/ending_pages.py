"""单位变更: the registrar enters how a unit ends, from which day, and who takes over (SC-A1.3)."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calls import command, humane
from gongkai.contracts.vocabulary import Reorganisation
from gongkai.identity.visitor import Kept, Visiting, Visitor, form_of, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.web import Problem

router = APIRouter(include_in_schema=False)

HEIRS = range(3)  # successors that the form has room for; the interface takes more

LABELS = {
    "/kind": ("变更方式", "How it ends"),
    "/on": ("自哪一天起不再存续", "The first day without it"),
    "/decided_by": ("决定变更的单位", "Decided by"),
    "/basis": ("决定文号", "Number of the decision"),
} | {f"/successors/{n}/unit": ("承接单位", "Successor") for n in HEIRS}


@router.get("/register/{unit}/ending")
@acts(Action.END_UNIT)
async def form(request: Request, unit: str, who: Visiting) -> Response:
    return await _page(request, who, unit, Kept(key=str(uuid4())))


@router.post("/register/{unit}/ending")
@acts(Action.END_UNIT)
async def hand_in(request: Request, unit: str, who: Visiting, deps: DependenciesOf) -> Response:
    typed = await form_of(request, who)
    heirs = [
        {"unit": heir, "scope": str(typed[f"successors/{n}/scope"]).strip() or None}
        for n in HEIRS
        if (heir := str(typed[f"successors/{n}/unit"]))
    ]
    body: dict[str, Any] = {
        name: value for name in ("kind", "on", "decided_by", "basis") if (value := typed[name])
    }
    path = f"/units/{unit}/ending"
    _registrar(who, unit)
    answer = await command(
        deps, who, "intake", path, body=body | {"successors": heirs}, key=typed["key"] or None
    )
    if answer.ok:
        return RedirectResponse(f"/register/{unit}", 303)
    return await _page(request, who, unit, typed, humane(answer.problems, LABELS))


def _registrar(who: Visitor, unit: str) -> None:
    who.must(Action.END_UNIT)
    if unit not in who.register.history:
        raise HTTPException(404)


async def _page(
    request: Request, who: Visitor, unit: str, typed: Kept, problems: list[Problem] | None = None
) -> Response:
    _registrar(who, unit)
    return await show(
        request,
        who,
        "unit_ending.html",
        at="register",
        status=problems[0].status if problems else 200,
        unit=unit,
        typed=typed,
        problems=problems or [],
        heirs=list(HEIRS),
        kinds=[(kind.value, kind) for kind in Reorganisation],
        others=[(other, name) for other, name in who.choosable(None) if other != unit],
    )
