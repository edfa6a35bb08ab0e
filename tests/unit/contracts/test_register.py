"""The register: who holds what, in which unit."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.register import Holding, Register
from gongkai.contracts.vocabulary import Duty
from tests.unit.contracts.rights import holds
from tests.unit.examples import (
    a_delegation_withdrawn,
    a_document_drafted,
    a_duty_delegated,
    a_system_registered,
    a_system_retired,
    a_unit_registered,
    an_officer,
)


@pytest.fixture
def register() -> Register:
    register = Register()
    register.apply(a_unit_registered())
    register.apply(a_unit_registered(unit="finance", name="区财政局", jurisdiction="cx", roles=()))
    return register


@pytest.mark.clause("SC-1.1", "SC-1.3")
def test_rights_follow_from_duties_in_the_unit_and_nowhere_else(register: Register) -> None:
    register.apply(a_unit_registered(unit="finance", officers=(an_officer("sun-li", "孙丽", Duty.DEPUTY),)))
    assert holds(register, "sun-li", "finance", Duty.HEAD, Duty.DEPUTY)
    assert not holds(register, "sun-li", "finance", Duty.DRAFTER)
    assert not holds(register, "sun-li", "education", Duty.DEPUTY)
    assert not holds(register, "sun-li", "nowhere", Duty.DEPUTY)


def test_a_person_may_hold_duties_in_several_units(register: Register) -> None:
    assert register.holdings("wang-fang") == [
        Holding("education", "王芳", frozenset({Duty.DRAFTER})),
        Holding("finance", "王芳", frozenset({Duty.DRAFTER})),
    ]


def test_the_newest_entry_counts_and_other_events_change_nothing(register: Register) -> None:
    register.apply(a_unit_registered(name="区教育体育局", officers=()))
    register.apply(a_document_drafted())
    entry = register.unit("education")
    assert entry is not None
    assert entry.name == "区教育体育局"
    assert register.holdings("li-qiang") == [
        Holding("finance", "李强", frozenset({Duty.DEPUTY, Duty.HEAD})),
    ]


def test_a_units_jurisdiction_picks_its_rules(register: Register) -> None:
    assert register.jurisdiction("finance") == "cx"
    with pytest.raises(KeyError):
        register.jurisdiction("nowhere")


def test_an_entry_holds_from_its_day_and_the_ones_before_are_kept(register: Register) -> None:
    register.apply(a_unit_registered(name="区教育体育局", officers=(), effective_on=date(2026, 6, 1)))
    names = {
        day: entry.name
        for day in (31, 1)
        if (entry := register.unit("education", on=date(2026, 5 + (day == 1), day)))
    }
    assert names == {31: "区教育局", 1: "区教育体育局"}
    assert holds(register, "li-qiang", "education", Duty.HEAD, on=date(2026, 5, 31))
    assert not holds(register, "li-qiang", "education", Duty.HEAD, on=date(2026, 6, 1))
    assert [h.unit for h in register.holdings("li-qiang", on=date(2026, 5, 31))] == ["education", "finance"]
    assert register.unit("education", on=date(2026, 3, 1)) is None  # before its first entry


# -- duties done for colleagues

LEAVE = (date(2026, 3, 2), date(2026, 3, 6))


def on_leave(**changes: Any) -> Register:
    register = Register()
    register.apply(a_unit_registered())
    register.apply(a_duty_delegated(**changes))
    return register


@pytest.mark.clause("SC-1.3")
def test_a_colleague_has_the_duty_on_the_days_of_the_leave_only() -> None:
    register = on_leave()
    for day, acts in ((date(2026, 3, 1), False), *((day, True) for day in LEAVE), (date(2026, 3, 7), False)):
        held = holds(register, "li-qiang", "education", Duty.DRAFTER, on=day)
        assert held is acts, day
    assert not holds(register, "li-qiang", "education", Duty.DRAFTER)  # without a day there is no leave
    assert holds(register, "wang-fang", "education", Duty.DRAFTER, on=LEAVE[0])  # who gave it still has it
    assert [o.person for o in register.officers("education", Duty.DRAFTER, on=LEAVE[0])] == [
        "li-qiang",
        "wang-fang",
    ]


@pytest.mark.clause("SC-1.3")
def test_a_delegation_that_was_withdrawn_holds_no_more() -> None:
    register = on_leave()
    register.apply(a_delegation_withdrawn(since=date(2026, 3, 4)))
    assert holds(register, "li-qiang", "education", Duty.DRAFTER, on=date(2026, 3, 3))
    assert not holds(register, "li-qiang", "education", Duty.DRAFTER, on=date(2026, 3, 4))


@pytest.mark.clause("SC-1.1")
def test_it_falls_with_the_duty_of_who_gave_it_and_the_post_of_who_took_it() -> None:
    register = on_leave()
    register.apply(a_unit_registered(officers=(an_officer("li-qiang", "李强", Duty.DEPUTY),)))
    assert register.acting("li-qiang", LEAVE[0]) == []
    register.apply(a_unit_registered(officers=(an_officer(),)))
    assert register.acting("li-qiang", LEAVE[0]) == []
    assert on_leave(duties=(Duty.DRAFTER, Duty.HEAD)).acting("li-qiang", LEAVE[0])[0].duties == (
        Duty.DRAFTER,
    )


@pytest.mark.clause("SC-1.1")
def test_a_retired_system_speaks_for_nobody() -> None:
    register = Register()
    register.apply(a_system_registered())
    assert register.system("education-oa") == a_system_registered()
    register.apply(a_system_retired())
    assert register.system("education-oa") is None
    register.apply(a_system_registered())
    assert register.as_of(LEAVE[0]).system("education-oa") is not None
