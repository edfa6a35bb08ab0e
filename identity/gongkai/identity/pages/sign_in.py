"""Sign-in: local accounts; in a demo, and only there, the invented people at one click each."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.identity import access, accounts, sessions
from gongkai.identity.accounts import Account
from gongkai.identity.actions import Action
from gongkai.identity.oidc import Provider
from gongkai.identity.pages.tokens import invented
from gongkai.identity.visitor import OVERSIGHT, ForgedForm, form_of, visitor
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, t

router = APIRouter(include_in_schema=False)

WRONG = Problem(
    "sign-in.wrong",
    "账号或密码不对；连续五次不对，须等五分钟再试。",
    "Wrong name or password. After five failures in a row you have to wait for five minutes.",
    field="/person",
    status=401,
)


@router.get("/sign-in")
@acts(Action.ENTER)
async def sign_in_page(request: Request, deps: DependenciesOf, next: str = "/") -> Response:
    return await page(request, deps, after=inside(next))


@router.post("/sign-in")
@acts(Action.ENTER)
async def sign_in(request: Request, deps: DependenciesOf) -> Response:
    form = await typed(request, max_files=0, max_fields=8)  # anybody may send one
    person, after = str(form.get("person", "")).strip(), inside(str(form.get("next", "/")))
    if not sessions.same(request.cookies.get(sessions.DOOR), form.get("csrf")):
        raise ForgedForm
    password, where, now = str(form.get("password", "")), access.address(request), deps.wall()
    account = await accounts.check(deps.pool, person, password, where, now)
    if account is None:
        await access.failure(deps.pool, request, person, now, way="password")
        return await page(request, deps, after=after, person=person, problems=[WRONG])
    return await enter(request, deps, account, after, way="password")


@router.post("/sign-in/demo")
@acts(Action.ENTER)
async def sign_in_demo(request: Request, deps: DependenciesOf) -> Response:
    """One click. Refused wherever the clock isn't a demo's."""
    form = await typed(request, max_files=0, max_fields=8)  # anybody may send one
    if not sessions.same(request.cookies.get(sessions.DOOR), form.get("csrf")):
        raise ForgedForm
    person, after = str(form.get("person", "")), inside(str(form.get("next", "/")))
    await deps.clock.now()
    account = await invented(deps, person) if deps.clock.simulated else None
    if account is None:
        return await page(request, deps, after=after, problems=[WRONG])
    return await enter(request, deps, account, after, way="demo")


@router.post("/sign-out")
@acts(Action.LEAVE)
async def sign_out(request: Request, deps: DependenciesOf) -> Response:
    session = await sessions.find(deps.pool, request, deps.wall())
    form = await typed(request, max_files=0, max_fields=8)  # anybody may send one
    if session is not None and not sessions.same(session.csrf, form.get("csrf")):
        raise ForgedForm
    await sessions.end(deps.pool, request)
    if session is not None:
        name = session.person
        await access.note(deps.pool, request, "signed-out", name=name, by=name, now=deps.wall())
    return _out()


@router.post("/sign-out/everywhere")
@acts(Action.LEAVE)
async def sign_out_everywhere(request: Request, deps: DependenciesOf) -> Response:
    """This browser and every other one."""
    who = await visitor(request, deps)
    await form_of(request, who)
    async with deps.pool.acquire() as conn, conn.transaction():
        await sessions.end_all(conn, who.person)
        await access.note(
            conn, request, "signed-out-everywhere", name=who.person, by=who.person, now=deps.wall()
        )
    return _out()


def _out() -> Response:
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(sessions.COOKIE)
    return response


async def enter(request: Request, deps: Dependencies, account: Account, after: str, *, way: str) -> Response:
    """A new session under a new id, whatever the browser held before."""
    await sessions.end(deps.pool, request)
    now, name = deps.wall(), account.person
    secret = await sessions.start(deps.pool, account, now)
    await access.note(deps.pool, request, "signed-in", name=name, by=name, now=now, way=way)
    response = RedirectResponse(after, 303)
    sessions.set_cookie(request, response, sessions.COOKIE, secret)
    response.delete_cookie(sessions.DOOR)
    return response


async def page(
    request: Request,
    deps: Dependencies,
    *,
    after: str,
    person: str = "",
    problems: list[Problem] | None = None,
) -> Response:
    door = request.cookies.get(sessions.DOOR) or secrets.token_urlsafe(32)
    await deps.clock.now()
    demo = _by_unit(await deps.replica.sync()) if deps.clock.simulated else []
    provider: Provider | None = request.app.state.oidc
    response: Response = await request.app.state.pages.page(
        request,
        "sign_in.html",
        status=problems[0].status if problems else 200,
        who=None,
        at="",
        csrf=door,
        after=after,
        person=person,
        problems=problems or [],
        demo=demo,
        is_demo=deps.clock.simulated,
        oidc=provider is not None,
        oidc_label="" if provider is None else provider.label,
    )
    sessions.set_cookie(request, response, sessions.DOOR, door)
    return response


def _by_unit(register: Register) -> list[dict[str, Any]]:
    """Units with their people and what they do there; the standing roles first, since their people see all."""
    units = sorted(register.units.values(), key=lambda u: (not u.roles, u.name))
    return [
        {
            "name": unit.name,
            "roles": [t(role.zh, role.en) for role in unit.roles],
            "all": not OVERSIGHT.isdisjoint(unit.roles),
            "people": _people(unit),
        }
        for unit in units
    ]


def _people(unit: UnitRegistered) -> list[dict[str, Any]]:
    """In the order of the register; a person with several entries once."""
    duties: dict[tuple[str, str], list[str]] = {}
    for officer in unit.officers:
        duties.setdefault((officer.person, officer.name), []).extend(t(d.zh, d.en) for d in officer.duties)
    return [{"person": person, "name": name, "duties": said} for (person, name), said in duties.items()]


def inside(address: str) -> str:
    """Only an address of this console: a sign-in never leads elsewhere."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
