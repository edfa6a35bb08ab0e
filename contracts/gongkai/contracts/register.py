"""The register of units: a fold of their events. Who held which role, on which day, and who owes what an ended unit
owed (SC-1.1, SC-1.2, SC-A1.3).

Every question takes the day `on` which it is asked about. Without one, all that is known counts, what begins only
later included; rights and terms are asked about a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from gongkai.contracts.clauses import clause
from gongkai.contracts.delegation import Delegations
from gongkai.contracts.events import (
    DelegationWithdrawn,
    DutyDelegated,
    Event,
    Officer,
    SystemRegistered,
    SystemRetired,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import Duty, Management, Reorganisation

KEPT_DAYS = 64  # registers of a day that are kept at hand


@dataclass(frozen=True, slots=True)
class Holding:
    """A person's duties in one unit; for an ended unit those of the successor `through` which they are held."""

    unit: str
    name: str
    duties: frozenset[Duty]
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes what a unit owed: the whole of it, or the part in `scope`. `path`: by which units it came there."""

    unit: str
    scope: str | None = None
    path: tuple[str, ...] = ()


@dataclass(slots=True)
class Register:
    """Mutated by `apply` only. `units`: those that exist, by id, with the entry in force."""

    units: dict[str, UnitRegistered] = field(default_factory=dict)
    history: dict[str, list[UnitRegistered]] = field(default_factory=dict)  # by the day they hold from
    endings: dict[str, list[UnitSucceeded]] = field(default_factory=dict)  # as entered; the last one counts
    systems: dict[str, SystemRegistered] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)  # systems that speak for nobody any more
    delegations: Delegations = field(default_factory=Delegations)
    day: date | None = None
    _days: dict[date, "Register"] = field(default_factory=dict, repr=False, compare=False)

    def apply(self, event: Event) -> None:
        match event:
            case UnitRegistered():
                entries = self.history.setdefault(event.unit, [])
                entries.append(event)
                entries.sort(
                    key=lambda entry: entry.since
                )  # stable: of one day, what was entered last counts
            case UnitSucceeded():
                self.endings.setdefault(event.unit, []).append(event)
            case DutyDelegated() | DelegationWithdrawn():
                return self.delegations.apply(event)
            case SystemRegistered():
                self.systems[event.system] = event
                return self.retired.discard(event.system)
            case SystemRetired():
                return self.retired.add(event.system)
            case _:
                return None
        self._days.clear()
        entry = self.unit(event.unit)
        if entry is None or self.ended(event.unit):
            self.units.pop(event.unit, None)
        else:
            self.units[event.unit] = entry
        return None

    def as_of(self, day: date | None) -> "Register":
        """The register as it was on that day; itself without one."""
        if day is None or day == self.day:
            return self
        if day not in self._days:
            if len(self._days) >= KEPT_DAYS:
                self._days.pop(next(iter(self._days)))
            found = {unit: self.unit(unit, day) for unit in self.history if not self.ended(unit, day)}
            self._days[day] = replace(
                self, units={unit: entry for unit, entry in found.items() if entry}, day=day, _days=self._days
            )
        return self._days[day]

    # -- entries

    def unit(self, unit: str, on: date | None = None) -> UnitRegistered | None:
        """The entry in force on that day, an ended unit's last one; None before the first one."""
        day, entries = on or self.day, self.history.get(unit, ())
        return next((entry for entry in reversed(entries) if day is None or entry.since <= day), None)

    def exists(self, unit: str, on: date | None = None) -> bool:
        return unit in self.as_of(on).units

    def name(self, unit: str) -> str:
        """The unit's name as of this register's day; its id where it has none."""
        entry = self.unit(unit)
        return entry.name if entry else unit

    def people(self) -> dict[str, str]:
        """The names of all officers who ever were entered, the newest of each."""
        entries = sorted((e for entries in self.history.values() for e in entries), key=lambda e: e.since)
        return {officer.person: officer.name for entry in entries for officer in entry.officers}

    @clause("WY-H.11")
    def jurisdiction(self, unit: str, on: date | None = None) -> str:
        """Id of the jurisdiction that picks the unit's rulebook. KeyError for an unknown unit.

        A unit under vertical management follows its superior's rules, as far as that one is in the register. Before
        its first day a unit has the rules that it had then.
        """
        seen: set[str] = set()
        entry = self.unit(unit, on) or self.history[unit][0]
        while entry.managed is Management.VERTICAL and entry.superior and entry.unit not in seen:
            seen.add(entry.unit)
            above = self.unit(entry.superior, on)
            if above is None:
                break
            entry = above
        return entry.jurisdiction

    # -- the end of a unit

    def ended(self, unit: str, on: date | None = None) -> UnitSucceeded | None:
        """How the unit ended, when it had by that day."""
        day, found = on or self.day, self.endings.get(unit, ())
        ending = found[-1] if found else None
        if ending is None or ending.kind is Reorganisation.WITHDRAWN or (day is not None and ending.on > day):
            return None
        return ending

    @clause("SC-A1.3", "LS-4")
    def owners(self, unit: str, on: date | None = None) -> tuple[Owner, ...]:
        """Who owes on that day what the unit owes: itself; its successors; who decided its end, where it has none.

        Empty for a unit that wasn't in the register yet. The first one answers for what no scope names.
        """
        return tuple(self._owners(unit, on or self.day, None, ()))

    def _owners(
        self, unit: str, day: date | None, scope: str | None, path: tuple[str, ...]
    ) -> Iterator[Owner]:
        ending = self.ended(unit, day)
        if ending is None:
            if self.unit(unit, day):
                yield Owner(unit, scope, path)
            return
        heirs = sorted(ending.successors, key=lambda heir: heir.scope is not None)
        for heir in heirs:
            if heir.unit not in path and heir.unit != unit:
                yield from self._owners(heir.unit, day, heir.scope or scope, (*path, unit))
        if not heirs and ending.decided_by and ending.decided_by not in path:
            yield from self._owners(ending.decided_by, day, scope, (*path, unit))

    def owner(self, unit: str, on: date | None = None) -> str | None:
        """The first of `owners`: who is asked, and answers."""
        return next((owner.unit for owner in self.owners(unit, on)), None)

    def inherited(self, unit: str, on: date | None = None) -> list[str]:
        """The ended units whose affairs this one carries on, on that day."""
        return [
            gone
            for gone in self.endings
            if self.ended(gone, on) and any(owner.unit == unit for owner in self.owners(gone, on))
        ]

    # -- rights

    @clause("SC-1.1", "SC-A1.3")
    def holdings(self, person: str, on: date | None = None) -> list[Holding]:
        """The person's duties, those in ended units that his or her unit carries on included; of a day, with those done
        for colleagues."""
        register = self.as_of(on)
        own = [
            Holding(unit.unit, officer.name, register._does(officer, unit.unit, None))
            for unit in register.units.values()
            for officer in unit.officers
            if officer.person == person
        ]
        return own + [
            Holding(gone, held.name, held.duties, held.unit)
            for held in own
            for gone in register.inherited(held.unit)
        ]

    def officers(self, unit: str, *duties: Duty, on: date | None = None) -> list[Officer]:
        """Who holds any of the duties in that unit, or in one that carries its affairs on, or does it for a colleague."""
        found = ((owner.unit, self.unit(owner.unit, on)) for owner in self.owners(unit, on))
        officers = ((where, officer) for where, entry in found if entry for officer in entry.officers)
        return [o for where, o in officers if not self._does(o, where, on).isdisjoint(duties)]

    def own_duties(self, person: str, unit: str, on: date | None = None) -> frozenset[Duty]:
        """What the person holds in that unit, or in one that carries its affairs on, by the entries: delegations apart."""
        return frozenset[Duty]().union(
            *(self._entered(person, owner.unit, on) for owner in self.owners(unit, on))
        )

    def _entered(self, person: str, unit: str, on: date | None) -> frozenset[Duty]:
        entry = self.unit(unit, on)
        officers = entry.officers if entry else ()
        return frozenset(duty for o in officers if o.person == person for duty in o.duties)

    def _does(self, officer: Officer, unit: str, on: date | None) -> frozenset[Duty]:
        acting = (each.duties for each in self.acting(officer.person, on) if each.unit == unit)
        return frozenset(officer.duties).union(*acting)

    @clause("SC-1.3")
    def acting(self, person: str, on: date | None = None) -> list[DutyDelegated]:
        """What the person does for colleagues on that day: only while both are the unit's officers, and only what the
        colleague holds. Without a day nothing: a delegation has its days."""
        day = on or self.day
        found = []
        for each in self.delegations.in_force(day) if day else ():
            if each.taker == person and self._entered(person, each.unit, day):
                held = self._entered(each.giver, each.unit, day)
                duties = tuple(duty for duty in each.duties if duty in held)
                found += [each.model_copy(update={"duties": duties})] if duties else []
        return found

    def system(self, system: str) -> SystemRegistered | None:
        """The entry of a system that may speak for its unit; None for a retired one."""
        return None if system in self.retired else self.systems.get(system)
