"""What a batch of events looks up once: units, rights, rules, texts, persons. It lives as long as the batch."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import Sealed, UnitRegistered
from gongkai.contracts.register import Register
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.sealing import letter_for, sealed
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.intake.ingress import rights
from gongkai.intake.units.rules import require_existing
from gongkai.ledger.seal import Keys
from gongkai.rules import Rules
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import known_unit, rules_at
from gongkai.runtime.identity import Principal

SANDBOX_PERSON: Final = "p-practice"
SANDBOX_KEY: Final = bytes(32)


@dataclass(slots=True)
class BatchContext:
    """`who` acts for the unit at the moment `now`; in the `sandbox` no person gets a key."""

    deps: IntakeDependencies
    who: Principal
    unit_id: str
    now: datetime
    sandbox: bool = False
    today: date = field(init=False)
    texts: dict[str, tuple[str, int]] = field(default_factory=dict)  # by digest: media type, bytes
    persons: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # by identity: id, key
    _units: dict[str, UnitRegistered] = field(default_factory=dict)
    _predecessors: dict[str, frozenset[str]] = field(default_factory=dict)
    _rights: dict[tuple[str, str], Refused | None] = field(default_factory=dict)
    _rules: dict[tuple[str, date], Rules] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = local_date(self.now)

    @property
    def keys(self) -> Keys:
        return self.deps.keys

    @property
    def register(self) -> Register:
        return self.deps.replica.register

    async def unit(self, unit: str, at: str = "/unit") -> UnitRegistered:
        """Raises Refused for one that isn't in the register."""
        entry = self._units.get(unit)
        if entry is None:
            entry = self._units[unit] = await known_unit(self.deps.replica, unit, at)
        return entry

    async def require_existing(self, unit: str, at: str = "/unit") -> None:
        """Raises Refused for a unit that isn't in the register, or has ended by today."""
        if unit not in self._predecessors:
            await self.unit(unit, at)
            require_existing(self.register, unit, self.today, at)
            self._predecessors[unit] = frozenset(self.register.inherited(unit, self.today))

    def predecessors(self, unit: str) -> frozenset[str]:
        """The ended units whose affairs a unit carries on, of one that was found to exist."""
        return self._predecessors[unit]

    async def require_right(
        self, kind: str, unit: str, instead: Callable[[], BadInput] | None = None
    ) -> None:
        """Raises Refused when the table of rights says so; or `instead`, where even a refusal would disclose something."""
        if (kind, unit) not in self._rights:
            try:
                await rights.require(self.deps, self.who, kind, unit)
            except Refused as refused:
                self._rights[kind, unit] = refused
            else:
                self._rights[kind, unit] = None
        if (refusal := self._rights[kind, unit]) is not None:
            raise instead() if instead is not None else replace(refusal)

    def rules(self, unit: str, moment: datetime | None = None) -> Rules:
        """Those that bind a known unit at that moment, or now."""
        key = unit, local_date(moment) if moment else self.today
        if key not in self._rules:
            self._rules[key] = rules_at(self.deps.replica, unit, moment or self.now)
        return self._rules[key]

    async def person(self, identity: str) -> tuple[str, bytes]:
        """Id and key of a person; in the sandbox always the same ones."""
        if self.sandbox:
            return SANDBOX_PERSON, SANDBOX_KEY
        if identity not in self.persons:
            self.persons[identity] = await self.keys.key_for(await self.keys.identity(identity), self.now)
        return self.persons[identity]

    async def letter(
        self, state: application.Open | application.Answered, text: str, bound_to: str
    ) -> Sealed:
        """The answer's letter, sealed for its applicant."""
        if self.sandbox and state.received.applicant.person == SANDBOX_PERSON:
            return sealed(SANDBOX_PERSON, SANDBOX_KEY, {"text": text}, bound_to)
        return await letter_for(self.deps, state, text, bound_to)
