"""Who is signed in: the person behind a request's session, with the rights that the register gives on this day (SC-1.1).

Also what every page with a form needs: the form's fields, checked against the session's token.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from gongkai.contracts.register import Holding, Register
from gongkai.identity import sessions
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.identity import Issuer, Principal
from gongkai.runtime.rights import Asker, RightSubject, allowed, asker_of, refusal
from gongkai.web import Pages, t

_OPEN_TO_STALE = ("/password", "/sign-out")


class StalePassword(Exception):
    """The password has to be changed before anything else is open."""


class SignInNeeded(Exception):
    """Nobody is signed in; the page that was asked for comes after signing in."""


class ForgedForm(Exception):
    """A form without the session's token."""


class SignedIn:
    """A person who is signed in. What the services allow, they decide themselves; pages only offer what is allowed."""

    def __init__(self, asker: Asker, principal: Principal, csrf: str, issuer: Issuer) -> None:
        self.asker, self.principal, self.csrf, self.issuer = asker, principal, csrf, issuer

    @property
    def person(self) -> str:
        return self.principal.person

    @property
    def register(self) -> Register:
        return self.asker.register

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return self.asker.held

    @property
    def name(self) -> str:
        if self.holdings:
            return self.holdings[0].name
        if self.principal.registrar:
            return t("名录管理员", "Registrar")
        return t("安全管理员", "Security administrator") if self.principal.security else self.person

    def unit_name(self, unit: str | None) -> str:
        return self.register.name(unit) if unit else ""

    def token(self, now: datetime) -> str:
        """The bearer token with which the console calls the services in this person's name."""
        who = self.principal
        return self.issuer.issue(who.person, now, registrar=who.registrar, security=who.security)

    def may(self, action: str, unit: str | None = None, asked: Iterable[str | None] = ()) -> bool:
        return allowed(self.asker, action, _concern(unit, asked))

    def must(self, action: str, unit: str | None = None, asked: Iterable[str | None] = ()) -> None:
        """Raises Refused."""
        if not self.may(action, unit, asked):
            raise refusal(self.asker, action, _concern(unit, asked))


async def signed_in(request: Request, deps: DependenciesOf) -> SignedIn:
    """FastAPI dependency. Raises SignInNeeded, StalePassword."""
    session = await sessions.find(deps.pool, request, deps.wall())
    if session is None:
        raise SignInNeeded
    if session.changes_password and not request.url.path.startswith(_OPEN_TO_STALE):
        raise StalePassword
    principal = Principal(session.person, "console", session.registrar, session.security)
    asker = await asker_of(deps, principal)
    return SignedIn(asker, principal, session.csrf, request.app.state.issuer)


SignedInPerson = Annotated[SignedIn, Depends(signed_in)]


def _concern(unit: str | None, asked: Iterable[str | None]) -> RightSubject:
    return RightSubject(unit, frozenset(each for each in asked if each is not None))


class FormFields(dict[str, Any]):
    """The fields of a form as typed, for processing it and for showing it again; a missing one reads as ""."""

    def __missing__(self, name: str) -> str:
        return ""


async def form_of(request: Request, who: SignedIn) -> FormFields:
    """The fields of a posted form, the last value of each. Raises ForgedForm without the session's token."""
    form = await typed(request, max_files=0)
    if not sessions.tokens_match(who.csrf, form.get("csrf")):
        raise ForgedForm
    return FormFields(form)


async def show(
    request: Request, who: SignedIn, name: str, /, *, at: str = "", status: int = 200, **context: Any
) -> HTMLResponse:
    """A page in the console's layout; `at` is the entry of the menu that it belongs to."""
    pages: Pages = request.app.state.pages
    return await pages.page(request, name, status=status, who=who, at=at, **context)
