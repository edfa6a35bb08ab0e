"""Missing entries in the register of units: duties that no officer holds, roles that no unit has (SC-1.1, SC-1.3, SC-A1.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gongkai.contracts.clauses import ClauseId, clause
from gongkai.contracts.errors import Sentence
from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Duty, Level, StandingMatter, StandingRole, UnitKind

NEEDED = (
    StandingRole.AUTHORITY,
    StandingRole.SECRECY,
    StandingRole.SUPERVISION,
    StandingRole.PORTAL,
    StandingRole.NEW_MEDIA,
)


@dataclass(frozen=True, slots=True)
class RegisterGap:
    """Something that the unit, or the government in whose area it is, still lacks."""

    unit: str
    code: str
    clause: ClauseId
    says: Sentence


@clause("SC-1.1", "SC-1.3", "SC-A1.2", "CX-10")
def find_gaps(register: Register, on: date | None = None) -> list[RegisterGap]:
    """All gaps on that day, unit by unit in the order of the register."""
    known = register.as_of(on)
    return [gap for entry in known.units.values() for gap in gaps_of_unit(known, entry)]


def gaps_of_unit(register: Register, entry: UnitRegistered) -> list[RegisterGap]:
    """The gaps of one unit, as of the register's day."""
    return [RegisterGap(entry.unit, code, clause, says) for code, clause, says in _missing(register, entry)]


def _missing(register: Register, entry: UnitRegistered) -> Iterator[tuple[str, ClauseId, Sentence]]:
    held = {duty for officer in entry.officers for duty in officer.duties}
    if Duty.HEAD not in held:
        yield "head", "SC-1.3", Sentence("没有登记主要负责人", "no head is named")
    if Duty.DEPUTY not in held:
        yield "deputy", "SC-1.3", Sentence("没有登记分管负责人", "no deputy in charge is named")
    if entry.government and register.owner(entry.government) is None:
        yield (
            "government",
            "SC-1.2",
            Sentence("所属人民政府未在名录中登记", "its government isn't in the register"),
        )
    if entry.superior and register.owner(entry.superior) is None:
        yield (
            "superior",
            "SC-1.2",
            Sentence("上级主管部门未在名录中登记", "its superior isn't in the register"),
        )
    if entry.kind is UnitKind.GOVERNMENT:
        yield from _roles(register, entry)
    else:
        yield from _body(entry)
    if entry.assignments:
        assigned = {assignment.matter for assignment in entry.assignments}
        for matter in StandingMatter:
            if matter not in assigned:
                yield (
                    f"assignment-{matter}",
                    "CX-10",
                    Sentence(f"“{matter.zh}”没有明确承办科室", f"no section supplies: {matter.en}"),
                )


def _body(entry: UnitRegistered) -> Iterator[tuple[str, ClauseId, Sentence]]:
    if entry.section is None:
        yield "section", "SC-1.3", Sentence("没有登记承办科室", "no section in charge is named")
    if entry.body is None:
        yield "body", "SC-A1.2", Sentence("没有登记政务公开工作机构", "no disclosure body is named")
    elif entry.body.officer is None:
        yield (
            "body-officer",
            "SC-A1.2",
            Sentence("政务公开工作机构没有指定专人", "the disclosure body has no named officer"),
        )


def _roles(register: Register, government: UnitRegistered) -> Iterator[tuple[str, ClauseId, Sentence]]:
    """A township's government acts under the one above it, and needs none of its own (HZ-A4d)."""
    if government.level is Level.TOWNSHIP:
        return
    mine = [u for u in register.units.values() if government.unit in (u.unit, u.government)]
    held = {role for unit in mine for role in unit.roles}
    for role in NEEDED:
        if role not in held:
            clause = "HZ-A4d" if role is StandingRole.AUTHORITY else role.clause
            yield f"role-{role}", clause, Sentence(f"本级没有登记{role.zh}", f"no unit of its is: {role.en}")
