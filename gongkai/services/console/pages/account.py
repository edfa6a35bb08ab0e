"""Accounts: the registrar gives officers of the register their first password; everybody changes his own (等保)."""

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.runtime.commands import PartsOf
from gongkai.runtime.service import Parts
from gongkai.runtime.web import Problem
from gongkai.services.console import accounts
from gongkai.services.console.visitor import Kept, Visiting, Visitor, form_of, show

router = APIRouter(include_in_schema=False)

WEAK_ZH = f"密码至少{accounts.SHORTEST}个字符，须含大写、小写、数字、符号中的两类以上。"
WEAK_EN = f"A password has {accounts.SHORTEST} characters or more, of two kinds at least."
WEAK = Problem("account.weak-password", WEAK_ZH, WEAK_EN, field="/password")
WRONG = Problem("account.wrong-password", "原密码不对。", "The old password is wrong.", field="/old")
NOBODY = Problem(
    "account.unknown-person", "单位名录中没有这个人。", "Nobody in the register has that id.", field="/person"
)


@router.get("/accounts")
async def listing(request: Request, who: Visiting, parts: PartsOf, done: str = "") -> Response:
    return await _list(request, who, parts, done=done)


@router.post("/accounts")
async def give(request: Request, who: Visiting, parts: PartsOf) -> Response:
    form = await form_of(request, who)
    if not who.registrar:
        raise HTTPException(403)
    person = str(form["person"]).strip()
    if not who.register.holdings(person):
        return await _list(request, who, parts, problems=[NOBODY], typed=form)
    try:
        await accounts.put(parts.pool, person, str(form["password"]), parts.wall())
    except accounts.WeakPassword:
        return await _list(request, who, parts, problems=[WEAK], typed=form)
    return RedirectResponse("/accounts?done=1", 303)


async def _list(
    request: Request,
    who: Visitor,
    parts: Parts,
    *,
    problems: list[Problem] | None = None,
    typed: Kept | None = None,
    done: str = "",
) -> Response:
    if not who.registrar:
        raise HTTPException(403)
    return await show(
        request,
        who,
        "accounts.html",
        at="accounts",
        status=problems[0].status if problems else 200,
        units=sorted(who.register.units.values(), key=lambda u: u.name),
        having=await accounts.persons(parts.pool),
        problems=problems or [],
        typed=typed or Kept(),
        done=done,
    )


@router.get("/password")
async def password_page(request: Request, who: Visiting, done: str = "") -> Response:
    return await show(request, who, "password.html", problems=[], done=done)


@router.post("/password")
async def change_password(request: Request, who: Visiting, parts: PartsOf) -> Response:
    form = await form_of(request, who)
    now = parts.wall()
    account = await accounts.check(parts.pool, who.person, str(form["old"]), now)
    if account is None:
        return await show(request, who, "password.html", status=422, problems=[WRONG], done="")
    try:
        await accounts.put(parts.pool, who.person, str(form["password"]), now, registrar=account.registrar)
    except accounts.WeakPassword:
        return await show(request, who, "password.html", status=422, problems=[WEAK], done="")
    return RedirectResponse("/password?done=1", 303)
