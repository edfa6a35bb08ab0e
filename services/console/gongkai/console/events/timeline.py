"""Rows of the audit trail as entries of a timeline: who, what, when, by which clause, with a link to the evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.console.visitor import Visitor
from gongkai.contracts.events import SYSTEM
from gongkai.contracts.register import Register
from gongkai.identity.accounts import REGISTRAR
from gongkai.rules.local_time import local_date
from gongkai.web import t

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a timeline (`timeline` in macros.html)."""

    what: str
    who: str
    time: datetime | None = None
    more: str = ""
    clause: str = ""
    href: str = ""
    state: str = ""


def person_words(register: Register, person: str, unit: str | None = None, on: date | None = None) -> str:
    """Name, unit and duties on that day: 李明（区住建局 政务公开专员）; the system and the public by their own words."""
    if person == SYSTEM:
        return t("系统（按规则自动办理）", "the system, by rule")
    if person == PUBLIC:
        return t("申请人（门户）", "the applicant, by the portal")
    if person.startswith("system:"):
        return _system_words(register, person.removeprefix("system:"))
    if person == REGISTRAR:
        return t("名录管理员", "the registrar")
    then = register.as_of(on)
    holdings = then.holdings(person)
    holding = next((h for h in holdings if unit in (h.unit, h.through)), holdings[0] if holdings else None)
    if holding is None:
        return register.people().get(person, person)
    duties = t("、", ", ").join(t(d.zh, d.en) for d in sorted(holding.duties))
    where = f"{then.name(holding.through or holding.unit)} {duties}".strip()
    return t(f"{holding.name}（{where}）", f"{holding.name} ({where})")


def _system_words(register: Register, system: str) -> str:
    entry = register.systems.get(system)
    if entry is None:
        return system
    unit = register.unit(entry.unit)
    where = unit.name if unit else entry.unit
    return t(f"{entry.name}（{where}业务系统）", f"{entry.name} (system of {where})")


def acting_words(register: Register, person: str, unit: str, on: date) -> str:
    """For whom somebody acted on that day, where he did; empty otherwise."""
    words = []
    for each in register.acting(person, on):
        if each.unit == unit:
            giver = person_words(register, each.giver, unit)
            words.append(t(f"受{giver}委托代行职责", f"acting for {giver}"))
    return t("；", "; ").join(words)


def post_words(register: Register, person: str, unit: str) -> str:
    """Name and duties only, where the unit is shown in a column of its own."""
    holding = next((h for h in register.holdings(person) if h.unit == unit), None)
    if holding is None:
        return person_words(register, person)
    duties = t("、", ", ").join(t(d.zh, d.en) for d in sorted(holding.duties))
    return f"{holding.name} {duties}".strip()


def steps(who: Visitor, rows: Iterable[Any]) -> list[Step]:
    return [_step(who, row) for row in rows]


def _step(who: Visitor, row: Mapping[str, Any]) -> Step:
    what = t(row["zh"], row["en"])
    if row["name"] == "ConsultationRequested":
        what += f" → {who.unit_name(row['other_unit'])}"
    acting = row["other_unit"] if row["name"] == "ConsultationAnswered" else row["unit"]
    opens = who.sees(row["unit"], row["other_unit"])
    return Step(
        what=what,
        who=person_words(who.register, row["by"], acting, local_date(row["at"])),
        time=row["at"],
        more=row["note"],
        clause=row["clause"],
        href=f"/events/{row['event_id']}" if opens else "",
        state=row["mood"],
    )


def coming(what: str, turn: str, clause: str = "") -> Step:
    """What is to come next, and whose turn it is."""
    return Step(what=what, who=turn, clause=clause, state="coming")


def names_of(people: Sequence[tuple[str, str]]) -> str:
    return t("、", ", ").join(name for _, name in people)
