"""Accounts: the security administrator gives out first passwords; everybody changes his own (等保)."""

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.identity import access, accounts, limits, oidc, sessions
from gongkai.identity.actions import Action
from gongkai.identity.pages.sign_in import enter
from gongkai.identity.visitor import Kept, Visiting, Visitor, form_of, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.web import Problem

router = APIRouter(include_in_schema=False)

WEAK_ZH = f"密码至少{accounts.SHORTEST}个字符，须含大写、小写、数字、符号中的两类以上。"
WEAK_EN = f"A password has {accounts.SHORTEST} characters or more, of two kinds at least."
WEAK = Problem("account.weak-password", WEAK_ZH, WEAK_EN, field="/password")
WRONG = Problem("account.wrong-password", "原密码不对。", "The old password is wrong.", field="/old")
SAME = Problem(
    "account.same-password", "新密码不得与原密码相同。", "The new password is the old one.", field="/password"
)
NOBODY = Problem(
    "account.unknown-person", "单位名录中没有这个人。", "Nobody in the register has that id.", field="/person"
)


@router.get("/accounts")
@acts(Action.GIVE_ACCOUNT)
async def listing(request: Request, who: Visiting, deps: DependenciesOf, done: str = "") -> Response:
    return await _list(request, who, deps, done=done)


@router.post("/accounts")
@acts(Action.GIVE_ACCOUNT)
async def give(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    form = await form_of(request, who)
    who.must(Action.GIVE_ACCOUNT)
    person = str(form["person"]).strip()
    if not who.register.holdings(person):
        return await _list(request, who, deps, problems=[NOBODY], typed=form)
    now = deps.wall()
    try:
        async with deps.pool.acquire() as conn, conn.transaction():
            await accounts.put(conn, person, str(form["password"]), now, temporary=True)
            await sessions.end_all(conn, person)
            await limits.lift(conn, person)
            await access.note(conn, request, "account-given", name=person, by=who.person, now=now)
    except accounts.WeakPassword:
        return await _list(request, who, deps, problems=[WEAK], typed=form)
    except accounts.SamePassword:
        return await _list(request, who, deps, problems=[SAME], typed=form)
    return RedirectResponse("/accounts?done=1", 303)


@router.post("/accounts/limits")
@acts(Action.LIFT_LIMITS)
async def lift(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    """Let somebody try again at once, from wherever."""
    form = await form_of(request, who)
    who.must(Action.LIFT_LIMITS)
    person, now = str(form["person"]).strip(), deps.wall()
    async with deps.pool.acquire() as conn, conn.transaction():
        await limits.lift(conn, person)
        await access.note(conn, request, "unlocked", name=person, by=who.person, now=now)
    return RedirectResponse("/accounts?done=lifted", 303)


@router.post("/accounts/identity")
@acts(Action.GIVE_ACCOUNT)
async def tie(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    """Say whom the identity provider means by a name that isn't the person's id."""
    form = await form_of(request, who)
    who.must(Action.GIVE_ACCOUNT)
    provider: oidc.Provider | None = request.app.state.oidc
    if provider is None:
        raise HTTPException(404)
    person, name, now = str(form["tied"]).strip(), str(form["identity"]).strip(), deps.wall()
    if not name or not who.register.holdings(person):
        return await _list(request, who, deps, problems=[replace(NOBODY, field="/tied")], typed=form)
    async with deps.pool.acquire() as conn, conn.transaction():
        await oidc.tie(conn, provider.issuer, name, person)
        await access.note(conn, request, "mapped", name=person, by=who.person, now=now, way="oidc")
    return RedirectResponse("/accounts?done=tied", 303)


async def _list(
    request: Request,
    who: Visitor,
    deps: Dependencies,
    *,
    problems: list[Problem] | None = None,
    typed: Kept | None = None,
    done: str = "",
) -> Response:
    who.must(Action.GIVE_ACCOUNT)
    return await show(
        request,
        who,
        "accounts.html",
        at="accounts",
        status=problems[0].status if problems else 200,
        units=sorted(who.register.units.values(), key=lambda u: u.name),
        having=await accounts.persons(deps.pool),
        slowed=sorted(await limits.slowed(deps.pool, deps.wall())),
        administrators=await accounts.administrators(deps.pool),
        oidc=provider.issuer if (provider := request.app.state.oidc) else "",
        ties=await oidc.ties(deps.pool, provider.issuer) if provider else [],
        problems=problems or [],
        typed=typed or Kept(),
        done=done,
    )


@router.get("/password")
@acts(Action.CHANGE_PASSWORD)
async def password_page(request: Request, who: Visiting, done: str = "") -> Response:
    return await show(request, who, "password.html", problems=[], done=done)


@router.post("/password")
@acts(Action.CHANGE_PASSWORD)
async def change_password(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    """Every other session of the person ends with the old password."""
    form, now = await form_of(request, who), deps.wall()
    where = access.address(request)
    account = await accounts.check(deps.pool, who.person, str(form["old"]), where, now)
    if account is None:
        return await show(request, who, "password.html", status=422, problems=[WRONG], done="")
    office = accounts.REGISTRAR if account.registrar else accounts.SECURITY if account.security else ""
    try:
        async with deps.pool.acquire() as conn, conn.transaction():
            await accounts.put(conn, who.person, str(form["password"]), now, office=office)
            await sessions.end_all(conn, who.person)
            await access.note(conn, request, "password-changed", name=who.person, by=who.person, now=now)
    except accounts.WeakPassword:
        return await show(request, who, "password.html", status=422, problems=[WEAK], done="")
    except accounts.SamePassword:
        return await show(request, who, "password.html", status=422, problems=[SAME], done="")
    fresh = replace(account, stale=False)
    return await enter(request, deps, fresh, "/password?done=1", way="password")
