"""Who is at the console, and what of it he or she gets to see (SC-1.1). What may be done, the services decide."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from gongkai.contracts.register import Holding, Register
from gongkai.contracts.vocabulary import Duty, StandingRole
from gongkai.identity import sessions
from gongkai.rules.calendar import Calendar
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.identity import Issuer, Principal
from gongkai.runtime.rights import Asker, Concern, allowed, asker_of, refusal
from gongkai.web import Pages, t

_OPEN_TO_STALE = ("/password", "/sign-out")
OVERSIGHT = frozenset(
    {StandingRole.AUTHORITY, StandingRole.SUPERVISION, StandingRole.WORKING_GROUP}
)  # see all


class StalePassword(Exception):
    """The password is to be changed before anything else is open."""


class SignInNeeded(Exception):
    """Nobody is signed in; the page that was asked for comes after."""


class ForgedForm(Exception):
    """A form without the session's token."""


class Visitor:
    """A person signed in, with the rights that the register gives on this day."""

    def __init__(
        self, asker: Asker, principal: Principal, calendar: Calendar, csrf: str, issuer: Issuer
    ) -> None:
        self.asker, self.principal, self.calendar = asker, principal, calendar
        self.csrf, self.issuer = csrf, issuer

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

    def token(self, now: datetime) -> str:
        """What the services are asked with."""
        who = self.principal
        return self.issuer.issue(who.person, now, registrar=who.registrar, security=who.security)

    def may(self, action: str, unit: str | None = None, asked: Iterable[str | None] = ()) -> bool:
        return allowed(self.asker, action, _concern(unit, asked))

    def must(self, action: str, unit: str | None = None, asked: Iterable[str | None] = ()) -> None:
        """Raises Refused."""
        if not self.may(action, unit, asked):
            raise refusal(self.asker, action, _concern(unit, asked))

    def where(self, action: str) -> list[str]:
        """The units whose cases he or she may do that with, be they its own or those that it was asked about; ended ones
        included, whose affairs go on."""
        return [unit for unit in self.register.history if self.may(action, unit, [unit])]

    @cached_property
    def scope(self) -> list[str] | None:
        """Units whose cases are shown; None = all of them."""
        return self._scope("see-cases")

    @cached_property
    def draft_scope(self) -> list[str] | None:
        """The same for drafts, which the secrecy guidance bodies see too (WY-B.13)."""
        return self._scope("see-drafts")

    def _scope(self, action: str) -> list[str] | None:
        found = self.where(action)
        return None if found and len(found) == len(self.register.history) else found

    def sees(self, unit: str, *asked: str | None) -> bool:
        return self.may("see-cases", unit, asked)

    def drafts_for(self) -> list[str]:
        """Units in whose name the person may hand in something new: those that exist."""
        return [unit for unit in self.where("draft") if self.register.exists(unit)]

    def choosable(self, scope: list[str] | None) -> list[tuple[str, str]]:
        """(id, name) of the units that a list may be narrowed to."""
        units = self.register.units.values()
        return sorted(
            ((u.unit, u.name) for u in units if scope is None or u.unit in scope), key=lambda u: u[1]
        )

    def unit_words(self, unit: str) -> str:
        return unit_words(self.register, unit)

    def unit_name(self, unit: str | None) -> str:
        return self.register.name(unit) if unit else ""


def unit_words(register: Register, unit: str) -> str:
    """The unit's name, and who carries its affairs on where it has ended (SC-A1.3)."""
    owners = [register.name(owner.unit) for owner in register.owners(unit)]
    if register.ended(unit) is None or not owners:
        return register.name(unit)
    now = t(f"（现由{'、'.join(owners)}承接）", f" (now {', '.join(owners)})")
    return register.name(unit) + now


async def visitor(request: Request, deps: DependenciesOf) -> Visitor:
    """FastAPI dependency. Raises SignInNeeded, StalePassword."""
    session = await sessions.find(deps.pool, request, deps.wall())
    if session is None:
        raise SignInNeeded
    if session.changes_password and not request.url.path.startswith(_OPEN_TO_STALE):
        raise StalePassword
    principal = Principal(session.person, "console", session.registrar, session.security)
    asker = await asker_of(deps, principal)
    return Visitor(asker, principal, deps.replica.calendar, session.csrf, request.app.state.issuer)


def _concern(unit: str | None, asked: Iterable[str | None]) -> Concern:
    return Concern(unit, frozenset(each for each in asked if each is not None))


Visiting = Annotated[Visitor, Depends(visitor)]


class Kept(dict[str, Any]):
    """What was typed into a form, for showing it again; what wasn't typed is empty."""

    def __missing__(self, name: str) -> str:
        return ""


async def form_of(request: Request, who: Visitor) -> Kept:
    """The fields of a posted form, last value of each; a form of somebody else's making is refused."""
    form = await typed(request, max_files=0)
    if not sessions.same(who.csrf, form.get("csrf")):
        raise ForgedForm
    return Kept(form)


async def show(
    request: Request, who: Visitor, name: str, /, *, at: str = "", status: int = 200, **context: Any
) -> HTMLResponse:
    """A page of the console; `at` is the entry of the menu that it belongs to."""
    pages: Pages = request.app.state.pages
    return await pages.page(request, name, status=status, who=who, at=at, **context)


def people_with(register: Register, unit: str, *duties: Duty) -> list[tuple[str, str]]:
    """(person, name) of the officers who hold one of the duties in a unit, or in one that carries its affairs on, or do
    it for a colleague on the register's day."""
    return [(o.person, o.name) for o in register.officers(unit, *duties)]
