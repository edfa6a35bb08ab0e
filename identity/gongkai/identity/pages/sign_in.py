"""Sign-in: local accounts; in a demo, and only there, the invented people at one click each."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import StandingRole
from gongkai.identity import access, accounts, sessions
from gongkai.identity.accounts import Account
from gongkai.identity.actions import Action
from gongkai.identity.oidc import Provider
from gongkai.identity.pages.tokens import demo_account
from gongkai.identity.signed_in import ForgedForm, form_of, signed_in
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem, t

router = APIRouter(include_in_schema=False)

# Officers of units with these roles see all cases.
_OVERSIGHT = frozenset({StandingRole.AUTHORITY, StandingRole.SUPERVISION, StandingRole.WORKING_GROUP})

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
    return await sign_in_form(request, deps, after=local_address(next))


@router.post("/sign-in")
@acts(Action.ENTER)
async def sign_in(request: Request, deps: DependenciesOf) -> Response:
    form = await typed(request, max_files=0, max_fields=8)  # anybody may send one
    person, after = str(form.get("person", "")).strip(), local_address(str(form.get("next", "/")))
    if not sessions.tokens_match(request.cookies.get(sessions.SIGN_IN_COOKIE), form.get("csrf")):
        raise ForgedForm
    password, where, now = str(form.get("password", "")), access.address(request), deps.wall()
    account = await accounts.check(deps.pool, person, password, where, now)
    if account is None:
        await access.failure(deps.pool, request, person, now, way="password")
        return await sign_in_form(request, deps, after=after, person=person, problems=[WRONG])
    return await start_session(request, deps, account, after, way="password")


@router.post("/sign-in/demo")
@acts(Action.ENTER)
async def sign_in_demo(request: Request, deps: DependenciesOf) -> Response:
    """One click. Refused wherever the clock isn't a demo's."""
    form = await typed(request, max_files=0, max_fields=8)  # anybody may send one
    if not sessions.tokens_match(request.cookies.get(sessions.SIGN_IN_COOKIE), form.get("csrf")):
        raise ForgedForm
    person, after = str(form.get("person", "")), local_address(str(form.get("next", "/")))
    await deps.clock.now()
    account = await demo_account(deps, person) if deps.clock.simulated else None
    if account is None:
        return await sign_in_form(request, deps, after=after, problems=[WRONG])
    return await start_session(request, deps, account, after, way="demo")


@router.post("/sign-out")
@acts(Action.LEAVE)
async def sign_out(request: Request, deps: DependenciesOf) -> Response:
    session = await sessions.find(deps.pool, request, deps.wall())
    form = await typed(request, max_files=0, max_fields=8)  # anybody may send one
    if session is not None and not sessions.tokens_match(session.csrf, form.get("csrf")):
        raise ForgedForm
    await sessions.end(deps.pool, request)
    if session is not None:
        name = session.person
        await access.record(deps.pool, request, "signed-out", name=name, by=name, now=deps.wall())
    return _signed_out()


@router.post("/sign-out/everywhere")
@acts(Action.LEAVE)
async def sign_out_everywhere(request: Request, deps: DependenciesOf) -> Response:
    """This browser and every other one."""
    who = await signed_in(request, deps)
    await form_of(request, who)
    async with deps.pool.acquire() as conn, conn.transaction():
        await sessions.end_all(conn, who.person)
        await access.record(
            conn, request, "signed-out-everywhere", name=who.person, by=who.person, now=deps.wall()
        )
    return _signed_out()


def _signed_out() -> Response:
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(sessions.COOKIE)
    return response


async def start_session(
    request: Request, deps: Dependencies, account: Account, after: str, *, way: str
) -> Response:
    """End the browser's session, if there is one, and start a new one; the browser goes on to `after`."""
    await sessions.end(deps.pool, request)
    now, name = deps.wall(), account.person
    secret = await sessions.start(deps.pool, account, now)
    await access.record(deps.pool, request, "signed-in", name=name, by=name, now=now, way=way)
    response = RedirectResponse(after, 303)
    sessions.set_cookie(request, response, sessions.COOKIE, secret)
    response.delete_cookie(sessions.SIGN_IN_COOKIE)
    return response


async def sign_in_form(
    request: Request,
    deps: Dependencies,
    *,
    after: str,
    person: str = "",
    problems: list[Problem] | None = None,
) -> Response:
    browser_token = request.cookies.get(sessions.SIGN_IN_COOKIE) or secrets.token_urlsafe(32)
    await deps.clock.now()
    demo = _by_unit(await deps.replica.sync()) if deps.clock.simulated else []
    provider: Provider | None = request.app.state.oidc
    response: Response = await request.app.state.pages.page(
        request,
        "sign_in.html",
        status=problems[0].status if problems else 200,
        who=None,
        at="",
        csrf=browser_token,
        after=after,
        person=person,
        problems=problems or [],
        demo=demo,
        is_demo=deps.clock.simulated,
        oidc=provider is not None,
        oidc_label="" if provider is None else provider.label,
    )
    sessions.set_cookie(request, response, sessions.SIGN_IN_COOKIE, browser_token)
    return response


def _by_unit(register: Register) -> list[dict[str, Any]]:
    """Units with their officers and their duties; those with a standing role first, since their officers see all."""
    units = sorted(register.units.values(), key=lambda u: (not u.roles, u.name))
    return [
        {
            "name": unit.name,
            "roles": [t(role.zh, role.en) for role in unit.roles],
            "all": not _OVERSIGHT.isdisjoint(unit.roles),
            "people": _people(unit),
        }
        for unit in units
    ]


def _people(unit: UnitRegistered) -> list[dict[str, Any]]:
    """In the order of the register; a person with several entries once."""
    duties: dict[tuple[str, str], list[str]] = {}
    for officer in unit.officers:
        duties.setdefault((officer.person, officer.name), []).extend(t(d.zh, d.en) for d in officer.duties)
    return [{"person": person, "name": name, "duties": words} for (person, name), words in duties.items()]


def local_address(address: str) -> str:
    """The address if it is one of this console, else "/": a sign-in never redirects elsewhere."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
