"""Who is at the console, and what of it he or she gets to see (SC-1.1). What may be done, the services decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from gongkai.contracts.register import Holding, Register
from gongkai.contracts.vocabulary import Duty, StandingRole
from gongkai.runtime.commands import PartsOf
from gongkai.runtime.edge import typed
from gongkai.runtime.identity import Issuer
from gongkai.runtime.web import Pages, t
from gongkai.services.console import sessions

OVERSIGHT = frozenset({StandingRole.AUTHORITY, StandingRole.SUPERVISION})


class SignInNeeded(Exception):
    """Nobody is signed in; the page that was asked for comes after."""


class ForgedForm(Exception):
    """A form without the session's token."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person signed in, with the duties that the register says."""

    person: str
    name: str
    registrar: bool
    csrf: str
    holdings: tuple[Holding, ...]
    sees_all: bool
    register: Register
    issuer: Issuer

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(h.unit for h in self.holdings)

    @property
    def scope(self) -> list[str] | None:
        """Units whose cases are shown; None = all of them (auditors, the authority, supervision)."""
        return None if self.sees_all else list(self.units)

    @property
    def draft_scope(self) -> list[str] | None:
        """The same for drafts, which the secrecy guidance bodies see too (WY-B.13)."""
        return None if self.guides_secrecy else self.scope

    @property
    def guides_secrecy(self) -> bool:
        return self.register.stands_for(self.person, StandingRole.SECRECY)

    @property
    def examines_referred(self) -> bool:
        """True for the reviewers of a secrecy body: what is referred upwards comes to them (WY-B.8)."""
        units = (self.register.unit(u) for u in self.units_with(Duty.SECRECY_REVIEWER))
        return any(u is not None and StandingRole.SECRECY in u.roles for u in units)

    def units_with(self, *duties: Duty) -> list[str]:
        """Units in which the person holds one of the duties."""
        return [h.unit for h in self.holdings if not h.duties.isdisjoint(duties)]

    def holds(self, unit: str, *duties: Duty) -> bool:
        return unit in self.units_with(*duties)

    def sees(self, *units: str | None) -> bool:
        return self.sees_all or any(unit in self.units for unit in units)

    def choosable(self, scope: list[str] | None) -> list[tuple[str, str]]:
        """(id, name) of the units that a list may be narrowed to."""
        units = self.register.units.values()
        return sorted(
            ((u.unit, u.name) for u in units if scope is None or u.unit in scope), key=lambda u: u[1]
        )

    def unit_name(self, unit: str | None) -> str:
        entry = self.register.unit(unit) if unit else None
        return entry.name if entry else (unit or "")


def people_names(register: Register) -> dict[str, str]:
    return {o.person: o.name for unit in register.units.values() for o in unit.officers}


async def visitor(request: Request, parts: PartsOf) -> Visitor:
    """FastAPI dependency. Raises SignInNeeded."""
    session = await sessions.find(parts.pool, request, parts.wall())
    if session is None:
        raise SignInNeeded
    register: Register = await parts.replica.sync()
    holdings = tuple(register.holdings(session.person))
    auditor = any(Duty.AUDITOR in h.duties for h in holdings)
    oversight = any(register.stands_for(session.person, role) for role in OVERSIGHT)
    return Visitor(
        person=session.person,
        name=holdings[0].name
        if holdings
        else (t("名录管理员", "Registrar") if session.registrar else session.person),
        registrar=session.registrar,
        csrf=session.csrf,
        holdings=holdings,
        sees_all=auditor or oversight or session.registrar,
        register=register,
        issuer=request.app.state.issuer,
    )


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


def people_with(register: Register, unit: str, *duties: Duty) -> Sequence[tuple[str, str]]:
    """(person, name) of a unit's officers who hold one of the duties."""
    entry = register.unit(unit)
    officers = entry.officers if entry else ()
    return [(o.person, o.name) for o in officers if not set(duties).isdisjoint(o.duties)]
