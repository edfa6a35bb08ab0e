"""What a batch of events looks up once: units, rights, rules, texts, persons. It lives as long as the batch."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import Sealed, UnitRegistered
from gongkai.contracts.register import Register
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.sealing import keys_of, letter_for
from gongkai.intake.ingress.rights import require
from gongkai.intake.units.rules import still_exists
from gongkai.ledger import seal
from gongkai.ledger.seal import Keys
from gongkai.rules import Rules
from gongkai.rules.moment import local_date
from gongkai.runtime.commands import known_unit, rules_at
from gongkai.runtime.identity import Principal
from gongkai.runtime.service import Dependencies


@dataclass(slots=True)
class Desk:
    """`who` speaks for the unit at the moment `now`; in `practice` no person gets a key."""

    deps: Dependencies
    who: Principal
    unit_id: str
    now: datetime
    practice: bool = False
    today: date = field(init=False)
    texts: dict[str, tuple[str, int]] = field(default_factory=dict)
    persons: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    _units: dict[str, UnitRegistered] = field(default_factory=dict)
    _standing: dict[str, frozenset[str]] = field(default_factory=dict)
    _rights: dict[tuple[str, str], Refused | None] = field(default_factory=dict)
    _rules: dict[tuple[str, date], Rules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = local_date(self.now)

    @property
    def keys(self) -> Keys:
        return keys_of(self.deps)

    async def unit(self, unit: str, at: str = "/unit") -> UnitRegistered:
        """Raises Refused for one that isn't in the register."""
        entry = self._units.get(unit)
        if entry is None:
            entry = self._units[unit] = await known_unit(self.deps.replica, unit, at)
        return entry

    async def standing(self, unit: str, at: str = "/unit") -> None:
        """Raises Refused for a unit that isn't in the register, or has ended by today."""
        if unit not in self._standing:
            await self.unit(unit, at)
            still_exists(self.register, unit, self.today, at)
            self._standing[unit] = frozenset(self.register.inherited(unit, self.today))

    def carries_on(self, unit: str) -> frozenset[str]:
        """The ended units whose affairs a standing one carries on."""
        return self._standing[unit]

    @property
    def register(self) -> Register:
        return self.deps.replica.register

    async def may(self, kind: str, unit: str, unless: Callable[[], BadInput] | None = None) -> None:
        """Raises Refused when the table of rights says so; or what `unless` says, where even that would tell too much."""
        if (kind, unit) not in self._rights:
            try:
                await require(self.deps, self.who, kind, unit)
            except Refused as refused:
                self._rights[kind, unit] = refused
            else:
                self._rights[kind, unit] = None
        if (no := self._rights[kind, unit]) is not None:
            raise unless() if unless is not None else replace(no)

    def rules(self, unit: str, moment: datetime | None = None) -> Rules:
        """Those that bind a known unit at that moment, or now."""
        key = unit, local_date(moment) if moment else self.today
        if key not in self._rules:
            self._rules[key] = rules_at(self.deps.replica, unit, moment or self.now)
        return self._rules[key]

    async def person(self, identity: str) -> tuple[str, bytes]:
        """Id and key of a person. In practice of nobody."""
        if self.practice:
            return "p-practice", bytes(32)
        if identity not in self.persons:
            self.persons[identity] = await self.keys.key_for(await self.keys.identity(identity), self.now)
        return self.persons[identity]

    async def letter(
        self, state: application.Open | application.Answered, text: str, bound_to: str
    ) -> Sealed:
        """The answer's letter, sealed for its applicant."""
        if self.practice and state.received.applicant.person == "p-practice":
            nonce, box = seal.seal(bytes(32), {"text": text}, bound_to)
            return Sealed(person="p-practice", nonce=nonce, box=box)
        return await letter_for(self.deps, state, text, bound_to)
