"""Sign-in by the deployment's identity provider, where the settings name one."""

import structlog
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.identity import access
from gongkai.identity.accounts import Account
from gongkai.identity.actions import Action
from gongkai.identity.oidc import BACK, LASTS, NotSignedIn, Provider
from gongkai.identity.pages.sign_in import enter, inside, page
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.web import Problem

router = APIRouter(include_in_schema=False)

COOKIE = "gongkai_console_oidc"

FAILED = Problem(
    "sign-in.oidc",
    "统一身份认证未成功，请重新登录；多次不成功的，请联系系统管理员。",
    "The identity provider didn't confirm who you are. Sign in again; if it happens again, tell the administrator.",
    status=401,
)
NOBODY = Problem(
    "sign-in.not-registered",
    "身份已确认，但单位名录中没有您的职责。请联系名录管理员登记。",
    "It is known who you are, but the register names no duty of yours. Ask the registrar.",
    status=403,
)

_log = structlog.get_logger(__name__)


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise HTTPException(404)
    return provider


@router.get("/sign-in/oidc")
@acts(Action.ENTER)
async def begin(request: Request, deps: DependenciesOf, next: str = "/") -> Response:
    provider = _provider(request)
    try:
        flow = await provider.begin(deps.http, deps.pool, inside(next), deps.wall())
    except NotSignedIn as error:
        _log.warning("identity provider", why=error.why)
        return await page(request, deps, after=inside(next), problems=[FAILED])
    answer = RedirectResponse(flow.to, 303)
    answer.set_cookie(
        COOKIE, flow.state, max_age=int(LASTS.total_seconds()), httponly=True, samesite="lax", path=BACK,
        secure=provider.back.startswith("https:"),
    )  # fmt: skip
    return answer


@router.get(BACK)
@acts(Action.ENTER)
async def back(request: Request, deps: DependenciesOf) -> Response:
    """The browser comes back from the issuer."""
    provider, now = _provider(request), deps.wall()
    given, kept = dict(request.query_params), request.cookies.get(COOKIE)
    try:
        person, after = await provider.finish(deps.http, deps.pool, given, kept, now)
    except NotSignedIn as error:
        _log.warning("identity provider", why=error.why)
        await access.failure(deps.pool, request, "", now, way="oidc")
        return await page(request, deps, after="/", problems=[FAILED])
    if not (await deps.replica.sync()).holdings(person):
        await access.failure(deps.pool, request, person, now, way="oidc")
        return await page(request, deps, after="/", problems=[NOBODY])
    answer = await enter(request, deps, Account(person), after, way="oidc")
    answer.delete_cookie(COOKIE, path=BACK)
    return answer
