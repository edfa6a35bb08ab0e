"""Tokens for programs (POST /api/token): of a person, with the rights that he or she has on the pages; and of an
agency's system, by OAuth 2.0 client credentials (RFC 6749 §4.4).
"""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated, Literal
from urllib.parse import unquote_plus

from fastapi import APIRouter, Header, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.identity import access, accounts, keys, limits
from gongkai.identity.accounts import OFFICES, Account
from gongkai.identity.actions import Action
from gongkai.runtime import problems
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.identity import LIFETIME, SYSTEM_LIFETIME, by_system
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies

router = APIRouter(tags=["identity"])

_FORM = "application/x-www-form-urlencoded"


class Credentials(BaseModel):
    """A person's. Only in a demo the password may be left out."""

    model_config = ConfigDict(extra="forbid")

    person: str
    password: SecretStr | None = None


class ClientCredentials(BaseModel):
    """A system's: here, or by HTTP Basic. `client_id` is the system's id, `client_secret` one of its living keys."""

    grant_type: Literal["client_credentials"]
    client_id: str | None = None
    client_secret: SecretStr | None = None


class Token(BaseModel):
    """RFC 6749 §5.1. `expires_in`: seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token, no token
    expires_in: int


class _Denied(Exception):
    """An answer of RFC 6749 §5.2, which is a problem document as well."""

    def __init__(self, error: str, says: Sentence, status: int) -> None:
        super().__init__(error)
        self.error, self.says, self.status = error, says, status


_TAKES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Credentials.model_json_schema()},
            _FORM: {"schema": ClientCredentials.model_json_schema()},
        },
    }
}


@router.post(
    "/api/token",
    summary="领取令牌 · Get a token",
    response_model=Token,
    responses=answers(401),
    openapi_extra=_TAKES,
)
@acts(Action.GET_TOKEN)
async def token(
    request: Request, answer: Response, deps: DependenciesOf, authorization: Annotated[str, Header()] = ""
) -> Token | Response:
    """A bearer token, good at every service: a person's for eight hours, a system's for a quarter of an hour."""
    answer.headers["Cache-Control"] = "no-store"
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return await _of_person(request, deps, await _credentials(request))
    try:
        return await _of_system(request, deps, authorization)
    except _Denied as denied:
        return problems.problem(
            denied.status,
            f"oauth.{denied.error.replace('_', '-')}",
            denied.says,
            more={"error": denied.error, "error_description": denied.says.en},
            headers={"Cache-Control": "no-store"}
            | ({"WWW-Authenticate": 'Basic realm="gongkai"'} if denied.status == 401 else {}),
        )


async def _credentials(request: Request) -> Credentials:
    try:
        return Credentials.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(
            [e | {"loc": ("body", *e["loc"])} for e in error.errors(include_input=False, include_url=False)]
        ) from None


async def _of_person(request: Request, deps: Dependencies, asked: Credentials) -> Token:
    await deps.clock.now()
    now = deps.wall()
    account: Account | None = None
    if asked.password is not None:
        where, password = access.address(request), asked.password.get_secret_value()
        account = await accounts.check(deps.pool, asked.person, password, where, now)
    elif deps.clock.simulated:
        account = await invented(deps, asked.person)
    if account is None:
        await access.failure(deps.pool, request, asked.person, now, way="token")
        raise BadInput(
            "identity.wrong",
            Sentence("账号或密码不对。", "Wrong name or password."),
            field="/person",
            status=401,
        )
    if account.stale:
        says = Sentence(
            "密码须先修改：请登录控制台修改密码。",
            "The password has to be changed first: sign in at the console.",
        )
        raise BadInput("identity.stale-password", says, field="/password", status=401)
    person = account.person
    await access.note(deps.pool, request, "token", name=person, by=person, now=now)
    issuer = request.app.state.issuer
    issued = issuer.issue(person, now, registrar=account.registrar, security=account.security)
    return Token(access_token=issued, expires_in=int(LIFETIME.total_seconds()))


async def invented(deps: Dependencies, person: str) -> Account | None:
    """In a demo, and only there: one of its people, or of its administrators."""
    if person in OFFICES:
        return Account(person, registrar=person == accounts.REGISTRAR, security=person == accounts.SECURITY)
    return Account(person) if (await deps.replica.sync()).holdings(person) else None


async def _of_system(request: Request, deps: Dependencies, authorization: str) -> Token:
    asked = await _client(request, authorization)
    system, secret = asked
    now, where = deps.wall(), access.address(request)
    entry = (await deps.replica.sync()).system(system)
    name = by_system(system)
    key = None
    if await limits.begin(deps.pool, name if entry else limits.NOBODY, where, now):
        key = await keys.check(deps.pool, system, secret, now) if entry else None
    if entry is None or key is None:
        await access.failure(deps.pool, request, name, now, way="key", known=entry is not None)
        says = Sentence(
            "系统编号或密钥不对，或者密钥已吊销。", "Wrong system or key, or the key was revoked."
        )
        raise _Denied("invalid_client", says, 401)
    await limits.came_in(deps.pool, name, where, now)
    await access.note(deps.pool, request, "token", name=name, by=name, now=now, way=f"key {key}")
    issued = request.app.state.issuer.issue_for_system(system, entry.unit, now)
    return Token(access_token=issued, expires_in=int(SYSTEM_LIFETIME.total_seconds()))


async def _client(request: Request, authorization: str) -> tuple[str, str]:
    """Who the client says it is, by one way and not by two. Raises _Denied."""
    try:
        form = await typed(request, max_files=0, max_fields=8)
    except HTTPException:
        form = None
    if form is None or len(form.multi_items()) != len(form):
        raise _Denied(
            "invalid_request", Sentence("请求不符合 RFC 6749。", "The request isn't one of RFC 6749."), 400
        )
    if form.get("grant_type") != "client_credentials":
        says = Sentence(
            "只支持 grant_type=client_credentials。", "Only grant_type=client_credentials is known."
        )
        missing = "grant_type" not in form
        raise _Denied("invalid_request" if missing else "unsupported_grant_type", says, 400)
    inside = form.get("client_id"), form.get("client_secret")
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "basic" and inside[1] is None:
        try:
            name, _, secret = b64decode(given, validate=True).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            name, secret = "", ""
        return unquote_plus(name), unquote_plus(secret)
    if not authorization and all(isinstance(each, str) for each in inside):
        return str(inside[0]), str(inside[1])
    says = Sentence(
        "请用 HTTP Basic 或表单字段 client_id、client_secret 之一说明身份。",
        "Say who you are by HTTP Basic or by client_id and client_secret in the form, by one of the two.",
    )
    raise _Denied("invalid_client", says, 401)
