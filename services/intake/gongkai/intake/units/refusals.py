"""What is refused about units, in words: code, clause, one sentence in both languages. aggregate.py and rules.py decide when."""

from datetime import date

from gongkai.contracts.errors import Refused, Sentence
from gongkai.contracts.vocabulary import Management, Reorganisation


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def fixed_id(unit: str) -> Refused:
    says = Sentence(
        f"单位编号一经登记不得变更，原编号为“{unit}”。",
        f"A unit keeps the id it was registered under: {unit}.",
    )
    return Refused("unit.fixed-id", "SC-1.1", says, field="/unit", status=409)


def own_superior() -> Refused:
    says = Sentence("单位的上级主管部门不能是它自己。", "A unit can't be its own superior.")
    return Refused("unit.own-superior", "SC-1.2", says, field="/superior")


def officer_twice(index: int, name: str) -> Refused:
    says = Sentence(
        f"人员“{name}”重复登记，请把其职责写在同一条中。",
        f"{name} is entered twice: put all duties of a person in one entry.",
    )
    return Refused("unit.officer-twice", "SC-1.3", says, field=f"/officers/{index}/person")


def reserved_person(index: int, person: str) -> Refused:
    says = Sentence(
        f"“{person}”是系统保留的人员编号，不能登记给工作人员。",
        f"The id {person} is the system's own: no officer can have it.",
    )
    return Refused("unit.reserved-person", "SC-1.3", says, field=f"/officers/{index}/person")


def no_superior(managed: Management) -> Refused:
    says = Sentence(
        f"“{managed.zh}”的单位应当登记上级主管部门。",
        f"A unit under “{managed.en}” needs its superior department.",
    )
    return Refused("unit.no-superior", "SC-1.2", says, field="/superior")


def body_officer(person: str) -> Refused:
    says = Sentence(
        f"政务公开工作机构的专人“{person}”应当是本单位登记的政务公开专员。",
        f"The disclosure body's officer {person} has to be one of the unit's own disclosure officers.",
    )
    return Refused("unit.body-officer", "SC-A1.2", says, field="/body/officer")


def matter_twice(index: int, matter: str) -> Refused:
    says = Sentence(
        f"“{matter}”只能由一个科室承担，请勿重复登记。",
        f"One section supplies “{matter}”: it is entered twice.",
    )
    return Refused("unit.matter-twice", "CX-10", says, field=f"/assignments/{index}/matter")


def day_out_of_range(first: date, last: date) -> Refused:
    says = Sentence(
        f"生效日期应在{_day(first)}至{_day(last)}之间。",
        f"The day from which it holds lies between {first} and {last}.",
    )
    return Refused("unit.day-out-of-range", "SC-A1.3", says, field="/effective_on")


def end_out_of_range(first: date, last: date) -> Refused:
    says = Sentence(
        f"单位不再存续之日应在{_day(first)}至{_day(last)}之间。",
        f"The first day without the unit lies between {first} and {last}.",
    )
    return Refused("unit.day-out-of-range", "SC-A1.3", says, field="/on")


def ended(name: str, on: date, owners: str, field: str = "/unit") -> Refused:
    """`owners`: the names of those who carry_out_and_answer its affairs on."""
    zh, en = (f"，其职责由{owners}承接", f"; {owners} took over") if owners else ("", "")
    says = Sentence(
        f"“{name}”自{_day(on)}起不再存续{zh}。请以承接单位的名义办理。",
        f"“{name}” ended on {on}{en}. Act in the name of who took over.",
    )
    return Refused("unit.ended", "SC-A1.3", says, field=field, status=409)


def not_registered() -> Refused:
    says = Sentence("该单位尚未登记，不能登记其变更。", "The unit was never registered, so it can't end.")
    return Refused("unit.not-registered", "SC-1.1", says, field="/unit", status=404)


def not_ended() -> Refused:
    says = Sentence(
        "该单位没有登记过撤销或者变更，无需更正。", "The unit hasn't ended: there is nothing to withdraw."
    )
    return Refused("unit.not-ended", "SC-A1.3", says, field="/kind", status=409)


def ends_before_it_begins(name: str, first: date) -> Refused:
    says = Sentence(
        f"“{name}”自{_day(first)}起登记，不能在此之前不再存续。",
        f"“{name}” is in the register from {first} on: it can't have ended before that day.",
    )
    return Refused("unit.ends-before-it-begins", "SC-A1.3", says, field="/on")


def no_owner() -> Refused:
    says = Sentence(
        "撤销单位应当写明承接其职责的单位；没有承接单位的，写明决定撤销的单位，由其负责公开。",
        "Name who takes over; where nobody does, name who decided it: that unit owes the disclosure.",
    )
    return Refused("unit.no-owner", "SC-A1.3", says, field="/decided_by")


def successors(kind: Reorganisation) -> Refused:
    needs = {
        Reorganisation.MERGED: ("应当有且只有一个承接单位", "has exactly one successor"),
        Reorganisation.RENAMED: ("应当有且只有一个承接单位", "has exactly one successor"),
        Reorganisation.DIVIDED: ("应当有两个以上承接单位", "has two successors or more"),
        Reorganisation.WITHDRAWN: ("不应有承接单位", "has no successor"),
    }
    zh, en = needs[kind]
    says = Sentence(f"“{kind.zh}”{zh}。", f"“{kind.en}” {en}.")
    return Refused("unit.successors", "SC-A1.3", says, field="/successors")


def own_successor(index: int) -> Refused:
    says = Sentence("单位不能承接自己的职责。", "A unit can't succeed itself.")
    return Refused("unit.own-successor", "SC-A1.3", says, field=f"/successors/{index}/unit")


def successor_twice(index: int) -> Refused:
    says = Sentence("同一承接单位请只登记一次。", "Name each successor once.")
    return Refused("unit.successor-twice", "SC-A1.3", says, field=f"/successors/{index}/unit")


def unscoped_twice(index: int) -> Refused:
    says = Sentence(
        "只能有一个承接单位不写承接范围，由它承接其余全部职责。",
        "One successor at most has no scope: it takes over all the rest.",
    )
    return Refused("unit.unscoped-twice", "SC-A1.3", says, field=f"/successors/{index}/scope")


def ended_successor(index: int, name: str) -> Refused:
    says = Sentence(
        f"承接单位“{name}”在该日已不存续，或者其职责正由本单位承接。",
        f"“{name}” doesn't exist on that day, or is itself succeeded by this unit.",
    )
    return Refused("unit.ended-successor", "SC-A1.3", says, field=f"/successors/{index}/unit", status=409)


def ended_decider(name: str) -> Refused:
    says = Sentence(
        f"没有承接单位的，由决定撤销的单位负责公开；“{name}”在该日已不存续，或者其职责正由本单位承接。",
        f"Without a successor, who decided it owes the disclosure; “{name}” doesn't exist on that day, "
        "or what it owed is itself owed by this unit.",
    )
    return Refused("unit.ended-decider", "SC-A1.3", says, field="/decided_by", status=409)
