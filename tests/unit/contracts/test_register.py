"""The register: who holds what, in which unit."""

import pytest

from gongkai.contracts.register import Holding, Register
from gongkai.contracts.vocabulary import Duty, StandingRole
from tests.unit.examples import a_document_drafted, a_unit_registered, an_officer


@pytest.fixture
def register() -> Register:
    register = Register()
    register.apply(a_unit_registered())
    register.apply(a_unit_registered(unit="finance", name="区财政局", jurisdiction="cx", roles=()))
    return register


@pytest.mark.clause("SC-1.1", "SC-1.3")
def test_rights_follow_from_duties_in_the_unit_and_nowhere_else(register: Register) -> None:
    register.apply(a_unit_registered(unit="finance", officers=(an_officer("sun-li", "孙丽", Duty.DEPUTY),)))
    assert register.has_duty("sun-li", "finance", Duty.HEAD, Duty.DEPUTY)
    assert not register.has_duty("sun-li", "finance", Duty.DRAFTER)
    assert not register.has_duty("sun-li", "education", Duty.DEPUTY)
    assert not register.has_duty("sun-li", "nowhere", Duty.DEPUTY)


@pytest.mark.clause("SC-1.1")
def test_a_standing_role_is_held_through_the_unit(register: Register) -> None:
    assert register.stands_for("wang-fang", StandingRole.PORTAL)
    assert not register.stands_for("wang-fang", StandingRole.SECRECY)


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
