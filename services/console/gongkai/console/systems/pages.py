"""业务系统: which systems speak for which unit, and their keys: issued, replaced, revoked (SC-1.1).

The register's side goes through intake, as anybody's command; keys are kept here. A secret is shown once, on the
answer to the form that made it, and is nowhere afterwards.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.console.actions import Action
from gongkai.console.calls import command, humane
from gongkai.contracts.events import SystemRegistered
from gongkai.contracts.vocabulary import HandIn
from gongkai.identity import access, keys
from gongkai.identity.visitor import Kept, Visiting, Visitor, form_of, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.identity import by_system
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, t

router = APIRouter(include_in_schema=False)

LABELS: Mapping[str, tuple[str, str]] = {
    "/system": ("系统编号", "System's id"),
    "/name": ("名称", "Name"),
    "/unit": ("单位", "Unit"),
    "/may": ("可报送内容", "May hand in"),
}
TOO_MANY = Problem(
    "key.too-many",
    f"一个系统最多同时有{keys.MOST}个有效密钥，请先吊销不用的密钥。",
    f"A system has {keys.MOST} living keys at most: revoke one that isn't used any more first.",
    field="/keys",
    clause="SC-1.1",
    status=409,
)


@router.get("/systems")
@acts(Action.SEE_SYSTEMS)
async def listing(request: Request, who: Visiting, deps: DependenciesOf, done: str = "") -> Response:
    return await _page(request, who, deps, done=done)


@router.post("/systems")
@acts(Action.REGISTER_SYSTEM)
async def register(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    may = [str(word) for word in (await request.form()).getlist("may")]
    body = {name: form[name] for name in ("system", "name", "unit") if form[name]} | {"may": may}
    answer = await command(deps, who, "intake", "/systems", body=body, key=form.get("key"))
    if answer.ok:
        return RedirectResponse("/systems?done=registered", 303)
    who.must(Action.SEE_SYSTEMS)
    typed = Kept({**form, "may": may})
    return await _page(request, who, deps, problems=humane(answer.problems, LABELS), typed=typed)


@router.post("/systems/{system}/retirement")
@acts(Action.RETIRE_SYSTEM)
async def retire(request: Request, system: str, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    path = f"/systems/{quote(system, safe='')}/retirement"
    answer = await command(deps, who, "intake", path, body={"reason": form["reason"]}, key=form.get("key"))
    if answer.ok:
        return RedirectResponse("/systems?done=retired", 303)
    return await _page(request, who, deps, problems=answer.problems)


@router.post("/systems/{system}/keys")
@acts(Action.ISSUE_KEY)
async def issue(request: Request, system: str, who: Visiting, deps: DependenciesOf) -> Response:
    """Another key. The page that answers is the only place that ever shows its secret."""
    await form_of(request, who)
    entry = _known(who, system)
    who.must(Action.ISSUE_KEY, entry.unit)
    now = deps.wall()
    try:
        async with deps.pool.acquire() as conn, conn.transaction():
            key, secret = await keys.issue(conn, system, who.person, now)
            name = by_system(system)
            await access.note(conn, request, "key-issued", name=name, by=who.person, now=now, way=key)
    except keys.TooMany:
        return await _page(request, who, deps, problems=[TOO_MANY])
    answer = await _page(request, who, deps, fresh={"system": system, "key": key, "secret": secret})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/systems/{system}/keys/{key}/revocation")
@acts(Action.REVOKE_KEY)
async def revoke(request: Request, system: str, key: str, who: Visiting, deps: DependenciesOf) -> Response:
    await form_of(request, who)
    entry = _known(who, system, retired=True)
    who.must(Action.REVOKE_KEY, entry.unit)
    now = deps.wall()
    async with deps.pool.acquire() as conn, conn.transaction():
        if await keys.revoke(conn, system, key, who.person, now):
            name = by_system(system)
            await access.note(conn, request, "key-revoked", name=name, by=who.person, now=now, way=key)
    return RedirectResponse("/systems?done=revoked", 303)


def _known(who: Visitor, system: str, *, retired: bool = False) -> SystemRegistered:
    entry = who.register.systems.get(system) if retired else who.register.system(system)
    if entry is None:
        raise HTTPException(404)
    return entry


async def _page(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    *,
    problems: Sequence[Problem] = (),
    typed: Kept | None = None,
    fresh: Mapping[str, str] | None = None,
    done: str = "",
) -> Response:
    who.must(Action.SEE_SYSTEMS)
    held = await keys.keys(deps.pool)
    return await show(
        request,
        who,
        "systems.html",
        at="systems",
        status=problems[0].status if problems else 200,
        rows=[
            _row(who, entry, held.get(entry.system, []))
            for entry in sorted(who.register.systems.values(), key=lambda e: e.system)
            if who.may(Action.SEE_SYSTEMS, entry.unit)
        ],
        registers=who.may(Action.REGISTER_SYSTEM),
        units=sorted(((u.unit, u.name) for u in who.register.units.values()), key=lambda u: u[1]),
        words=[(str(word), t(word.zh, word.en)) for word in HandIn],
        problems=problems,
        typed=typed or Kept(),
        key=(typed or Kept())["key"] or str(uuid4()),
        fresh=fresh,
        done=done,
    )


def _row(who: Visitor, entry: SystemRegistered, held: Sequence[keys.Key]) -> dict[str, Any]:
    lives = who.register.system(entry.system) is not None
    return {
        "it": entry,
        "lives": lives,
        "may": t("、", ", ").join(t(word.zh, word.en) for word in entry.may),
        "keys": held,
        "issues": lives and who.may(Action.ISSUE_KEY, entry.unit),
        "revokes": who.may(Action.REVOKE_KEY, entry.unit),
        "retires": lives and who.may(Action.RETIRE_SYSTEM),
    }
