"""Who can be applied to (条例第二十七条; 烈山 第十二条), and who instead of one that can't (条例第五十四、五十五条)."""

from datetime import date

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.superiors import above
from gongkai.contracts.vocabulary import Level, UnitKind

_IN_THEIR_OWN_NAME = (UnitKind.DEPARTMENT, UnitKind.SUBDISTRICT, UnitKind.AUTHORISED)


@clause("GT-whom", "LS-12", "GT-scope", "LS-16")
def takes_applications(entry: UnitRegistered) -> bool:
    """Governments of every level; departments at county level or above, organisations authorised by law, and branch
    offices that act in their own name. A temporary or coordinating body does when the register says that it acts in
    its own name. Public enterprises and institutions follow their sector's rules.
    """
    match entry.kind:
        case UnitKind.GOVERNMENT | UnitKind.TOWNSHIP:
            return True
        case UnitKind.INSTITUTION:
            return False
        case UnitKind.DEPARTMENT if entry.level is Level.TOWNSHIP:
            return False
        case kind:
            return kind in _IN_THEIR_OWN_NAME if entry.own_name is None else entry.own_name


@clause("GT-whom", "LS-12", "SC-A1.3")
def addressee(register: Register, unit: str, on: date | None = None) -> str | None:
    """Who is to be applied to for this unit's information: itself, its successor, or the nearest one above that can be."""
    known = register.as_of(on)
    owner = known.owner(unit)
    seen, waiting = {owner}, [owner]
    while waiting:
        here = waiting.pop(0)
        entry = known.unit(here) if here else None
        if entry is None:
            continue
        if takes_applications(entry):
            return entry.unit
        for step in above(known, entry):
            if step.unit not in seen:
                seen.add(step.unit)
                waiting.append(step.unit)
    return None
