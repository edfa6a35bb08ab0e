"""Tokens for programs: the same accounts as the pages, the same rights (POST /api/token)."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, SecretStr
from starlette.requests import Request

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.runtime.commands import PartsOf
from gongkai.services.console import accounts
from gongkai.services.console.accounts import REGISTRAR

router = APIRouter(tags=["identity"])


class Credentials(BaseModel):
    """Only in a demo the password may be left out."""

    model_config = ConfigDict(extra="forbid")

    person: str
    password: SecretStr | None = None


class Token(BaseModel):
    token: str


@router.post("/api/token")
async def token(asked: Credentials, request: Request, parts: PartsOf) -> Token:
    """A bearer token of the person, good for eight hours at every service."""
    await parts.clock.now()
    registrar = False
    if asked.password is not None:
        account = await accounts.check(
            parts.pool, asked.person, asked.password.get_secret_value(), parts.wall()
        )
        if account is None:
            raise _refused()
        registrar = account.registrar
    elif parts.clock.simulated:
        registrar = asked.person == REGISTRAR
        if not registrar and not (await parts.replica.sync()).holdings(asked.person):
            raise _refused()
    else:
        raise _refused()
    return Token(token=request.app.state.issuer.issue(asked.person, parts.wall(), registrar=registrar))


def _refused() -> BadInput:
    says = Sentence("账号或密码不对。", "Wrong name or password.")
    return BadInput("identity.wrong", says, field="/person", status=401)
