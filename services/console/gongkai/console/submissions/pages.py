"""系统报送: what the unit's own systems handed in, what was refused and why, and a refused one mended and sent again."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calls import Answer, ask
from gongkai.console.lists.addresses import Beside, address
from gongkai.contracts.ingress import ANSWERED, DRAFTED, RECEIVED
from gongkai.identity.visitor import Kept, Visiting, Visitor, form_of, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, from_document, t

router = APIRouter(include_in_schema=False)

State = Literal["", "accepted", "refused"]

TYPES = {
    DRAFTED: ("拟稿", "Draft"),
    RECEIVED: ("收到申请", "Application received"),
    ANSWERED: ("答复申请", "Application answered"),
}
VIAS = {"http": ("接口", "HTTP"), "kafka": ("消息队列", "Kafka"), "console": ("控制台更正", "mended here")}
MENDS = (Action.DRAFT, Action.RECEIVE_APPLICATION, Action.ANSWER_APPLICATION)
_LEFT_OUT = {
    RECEIVED: (("applicant", "申请人", "applicant"), ("request", "申请内容", "what is asked for")),
    ANSWERED: (("text", "告知书正文", "text of the letter"),),
}


@router.get("/handed-in")
@acts(Action.READ_DRAFT)
async def listing(
    request: Request,
    who: Visiting,
    deps: DependenciesOf,
    *,
    unit: str = "",
    system: str = "",
    state: State = "",
    before: str = "",
    after: str = "",
    done: str = "",
) -> Response:
    units = who.choosable(who.where(Action.READ_DRAFT))
    chosen = unit or _first(who, units)
    if chosen:
        who.must(Action.READ_DRAFT, chosen)
    wanted = {"unit": unit, "system": system, "state": state}
    found: Any = {"events": [], "newer": None, "older": None}
    problems: list[Problem] = []
    if chosen:
        asked = {k: v for k, v in (wanted | {"before": before, "after": after}).items() if v and k != "unit"}
        answer = await ask(deps, who, "intake", "GET", f"/v1/units/{chosen}/events", params=asked)
        found, problems = (answer.body, []) if answer.ok else (found, answer.problems)
    return await show(
        request,
        who,
        "handed_list.html",
        at="handed-in",
        status=problems[0].status if problems else 200,
        found=found["events"],
        problems=problems,
        units=units,
        unit=chosen,
        systems=sorted(s.system for s in who.register.systems.values() if s.unit == chosen),
        wanted=wanted,
        done=done,
        types=TYPES,
        vias=VIAS,
        beside=Beside(
            address("/handed-in", wanted, after=found["newer"]) if found["newer"] is not None else "",
            address("/handed-in", wanted, before=found["older"]) if found["older"] is not None else "",
        ),
    )


def _first(who: Visitor, units: list[tuple[str, str]]) -> str:
    """One's own unit before others', and one with systems before one without."""
    own = {holding.unit for holding in who.holdings}
    speaking = {system.unit for system in who.register.systems.values()}
    return min((u for u, _ in units), key=lambda u: (u not in own, u not in speaking), default="")


@router.get("/handed-in/{unit}/{n}")
@acts(Action.READ_DRAFT)
async def one(request: Request, unit: str, n: int, who: Visiting, deps: DependenciesOf) -> Response:
    who.must(Action.READ_DRAFT, unit)
    return await _page(request, who, deps, await _event(deps, who, unit, n))


@router.post("/handed-in/{unit}/{n}")
@acts(*MENDS)
async def mend(request: Request, unit: str, n: int, who: Visiting, deps: DependenciesOf) -> Response:
    """Hand it in again as typed: refused again, the page says why and keeps what was typed."""
    form = await form_of(request, who)
    event = await _event(deps, who, unit, n)
    try:
        data = json.loads(form["data"] or "{}")
    except (ValueError, RecursionError) as error:
        wrong = Problem(
            "ingress.not-json",
            f"内容不是有效的 JSON：{error}",
            f"The content is not valid JSON: {error}",
            field="/data",
        )
        return await _page(request, who, deps, event, typed=form, problems=[wrong])
    if not isinstance(data, dict):
        wrong = Problem(
            "ingress.no-data", "内容应为 JSON 对象。", "The content is a JSON object.", field="/data"
        )
        return await _page(request, who, deps, event, typed=form, problems=[wrong])
    body = {"data": data} | ({"type": form["type"]} if form["type"] else {})
    answer: Answer = await ask(deps, who, "intake", "POST", f"/v1/units/{unit}/events/{n}/mended", json=body)
    if not answer.ok:
        return await _page(request, who, deps, event, typed=form, problems=answer.problems)
    result: Mapping[str, Any] = answer.body
    if result["problem"] is not None:
        problems = from_document(result["problem"], result["status"])
        return await _page(request, who, deps, event, typed=form, problems=problems)
    return RedirectResponse(f"/handed-in?unit={unit}&done={result['made']}", 303)


async def _event(deps: Dependencies, who: Visitor, unit: str, n: int) -> Mapping[str, Any]:
    answer = await ask(deps, who, "intake", "GET", f"/v1/units/{unit}/events/{n}")
    if answer.ok:
        found: Mapping[str, Any] = answer.body
        return found
    raise HTTPException(answer.status)


async def _page(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    event: Mapping[str, Any],
    *,
    typed: Kept | None = None,
    problems: list[Problem] | None = None,
) -> Response:
    result, kind = event["result"], event["type"]
    unit = who.register.system(event["system"])
    told = from_document(result["problem"], result["status"]) if result["problem"] else []
    kept = json.dumps(event["data"] or {}, ensure_ascii=False, indent=2)
    return await show(
        request,
        who,
        "handed.html",
        at="handed-in",
        status=problems[0].status if problems else 200,
        event=event,
        result=result,
        told=told,
        name=t(*TYPES.get(kind, (kind or "不明类型", kind or "unknown type"))),
        via=t(*VIAS[event["via"]]),
        system=unit.name if unit else event["system"],
        unit=request.path_params["unit"],
        types=[(code, t(*words)) for code, words in TYPES.items()],
        left_out=[(field, t(zh, en)) for field, zh, en in _LEFT_OUT.get(kind, ())],
        mends=result["state"] == "refused"
        and any(who.may(action, request.path_params["unit"]) for action in MENDS),
        problems=problems or [],
        typed=typed or Kept({"data": kept, "type": kind if kind in TYPES else ""}),
    )
