"""What the whole register says of a unit: whether it exists (SC-A1.3), can be applied to (GT-whom), or can owe what an
ended one owed. Pure.

What one unit's own history decides is in aggregate.py.
"""

from datetime import date

from gongkai.contracts.addressees import addressee, takes_applications
from gongkai.contracts.clauses import clause
from gongkai.contracts.register import Register
from gongkai.contracts.superiors import leading
from gongkai.contracts.vocabulary import UnitKind
from gongkai.intake.applications.refusals import institution, not_addressee
from gongkai.intake.units import refusals
from gongkai.intake.units.aggregate import Succeed


@clause("SC-A1.3", "LS-4")
def require_existing(register: Register, unit: str, day: date, field: str = "/unit") -> None:
    """Raises Refused, with the names of who carries its affairs on, when the unit had ended by that day."""
    ending = register.ended(unit, day)
    if ending is not None:
        known = register.as_of(day)
        names = "、".join(known.name(owner.unit) for owner in known.owners(unit))
        raise refusals.ended(known.name(unit), ending.on, names, field)


@clause("GT-whom", "LS-12", "GT-scope", "LS-16")
def require_addressee(register: Register, unit: str, day: date) -> None:
    """Raises Refused, with the name of who can be applied to instead, for a unit that can't on that day."""
    require_existing(register, unit, day)
    known = register.as_of(day)
    entry = known.unit(unit)
    if entry is None or takes_applications(entry):
        return
    if entry.kind is UnitKind.INSTITUTION:
        competent = (entry.superior and known.owner(entry.superior)) or leading(known, unit).leads
        raise institution(entry.name, known.name(competent) if competent else "")
    other = addressee(known, unit)
    raise not_addressee(entry.name, entry.kind, known.name(other) if other else "")


@clause("SC-A1.3", "LS-4")
def require_decider(register: Register, cmd: Succeed) -> None:
    """Raises Refused when who decided the end would owe what is left, and can't."""
    if cmd.decided_by is not None and cmd.decider_owes and not _can_succeed(register, cmd, cmd.decided_by):
        raise refusals.ended_decider(register.name(cmd.decided_by))


@clause("SC-A1.3", "LS-4")
def require_successor(register: Register, cmd: Succeed, index: int) -> None:
    """Raises Refused for a successor that can't owe what is left."""
    heir = cmd.successors[index].unit
    if not _can_succeed(register, cmd, heir):
        raise refusals.ended_successor(index, register.name(heir))


def _can_succeed(register: Register, cmd: Succeed, heir: str) -> bool:
    """Whether a unit exists on that day, and was never succeeded by the unit that ends. That a unit can't succeed
    itself, the aggregate says."""
    later = {owner for found in register.owners(heir) for owner in (found.unit, *found.path)}
    return heir == cmd.unit or (register.exists(heir, cmd.on) and cmd.unit not in later)
