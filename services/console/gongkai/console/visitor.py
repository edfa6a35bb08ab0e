"""Whoever uses the console's pages, and what of the units and their cases is shown to him or her (SC-1.1)."""

from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from gongkai.console.actions import Action
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Duty
from gongkai.identity.signed_in import SignedIn, signed_in
from gongkai.rules.calendar import Calendar
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.identity import Issuer, Principal
from gongkai.runtime.rights import Asker
from gongkai.web import t


class Visitor(SignedIn):
    """A person signed in, with what the console's pages show him or her."""

    def __init__(
        self, asker: Asker, principal: Principal, csrf: str, issuer: Issuer, calendar: Calendar
    ) -> None:
        super().__init__(asker, principal, csrf, issuer)
        self.calendar = calendar

    def where(self, action: Action) -> list[str]:
        """The units whose cases he or she may do that with, whether as its officer or as one consulted; units that
        have ended are included, since their cases go on."""
        return [unit for unit in self.register.history if self.may(action, unit, [unit])]

    @cached_property
    def scope(self) -> list[str] | None:
        """Units whose cases are shown; None = all of them."""
        return self._scope(Action.SEE_CASES)

    @cached_property
    def draft_scope(self) -> list[str] | None:
        """The same for drafts, which the secrecy guidance bodies see too (WY-B.13)."""
        return self._scope(Action.SEE_DRAFTS)

    def _scope(self, action: Action) -> list[str] | None:
        found = self.where(action)
        return None if found and len(found) == len(self.register.history) else found

    def sees(self, unit: str, *asked: str | None) -> bool:
        return self.may(Action.SEE_CASES, unit, asked)

    def drafts_for(self) -> list[str]:
        """Units in whose name the person may submit a new draft: those that exist."""
        return [unit for unit in self.where(Action.DRAFT) if self.register.exists(unit)]

    def choosable(self, scope: list[str] | None) -> list[tuple[str, str]]:
        """(id, name) of the units that a list may be filtered by."""
        units = self.register.units.values()
        return sorted(
            ((u.unit, u.name) for u in units if scope is None or u.unit in scope), key=lambda u: u[1]
        )

    def unit_words(self, unit: str) -> str:
        return unit_words(self.register, unit)


async def visitor(request: Request, deps: DependenciesOf) -> Visitor:
    """FastAPI dependency. Raises SignInNeeded, StalePassword."""
    who = await signed_in(request, deps)
    return Visitor(who.asker, who.principal, who.csrf, who.issuer, deps.replica.calendar)


Visiting = Annotated[Visitor, Depends(visitor)]


def unit_words(register: Register, unit: str) -> str:
    """The unit's name, and which units took its affairs over where it has ended (SC-A1.3)."""
    owners = [register.name(owner.unit) for owner in register.owners(unit)]
    if register.ended(unit) is None or not owners:
        return register.name(unit)
    now = t(f"（现由{'、'.join(owners)}承接）", f" (now {', '.join(owners)})")
    return register.name(unit) + now


def people_with(register: Register, unit: str, *duties: Duty) -> list[tuple[str, str]]:
    """(person, name) of the officers who hold one of the duties in a unit, or in one that took its affairs over, or who
    act for such a colleague on the register's day."""
    return [(o.person, o.name) for o in register.officers(unit, *duties)]
