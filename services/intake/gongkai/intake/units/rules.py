"""In whose name something new can be handed in: units that exist (SC-A1.3), and that can be applied to (GT-whom)."""

from datetime import date

from gongkai.contracts.addressees import addressee, takes_applications
from gongkai.contracts.clauses import clause
from gongkai.contracts.register import Register
from gongkai.contracts.superiors import leading
from gongkai.contracts.vocabulary import UnitKind
from gongkai.intake.applications import refusals
from gongkai.intake.units import refusals as unit_refusals


@clause("SC-A1.3", "LS-4")
def still_exists(register: Register, unit: str, day: date, field: str = "/unit") -> None:
    """Raises Refused, with the names of who carries its affairs on, when the unit had ended by that day."""
    ending = register.ended(unit, day)
    if ending is not None:
        known = register.as_of(day)
        names = "、".join(known.name(owner.unit) for owner in known.owners(unit))
        raise unit_refusals.ended(known.name(unit), ending.on, names, field)


@clause("GT-whom", "LS-12", "GT-scope", "LS-16")
def can_be_applied_to(register: Register, unit: str, day: date) -> None:
    """Raises Refused, with the name of who can be applied to instead, for a unit that can't on that day."""
    still_exists(register, unit, day)
    known = register.as_of(day)
    entry = known.unit(unit)
    if entry is None or takes_applications(entry):
        return
    if entry.kind is UnitKind.INSTITUTION:
        competent = (entry.superior and known.owner(entry.superior)) or leading(known, unit).leads
        raise refusals.institution(entry.name, known.name(competent) if competent else "")
    other = addressee(known, unit)
    raise refusals.not_addressee(entry.name, entry.kind, known.name(other) if other else "")
