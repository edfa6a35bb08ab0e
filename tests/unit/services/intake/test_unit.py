"""政务公开责任制度: units enter the register, and their entries are replaced."""

from typing import Any

import pytest

from gongkai.contracts.events import Officer, UnitRegistered
from gongkai.contracts.vocabulary import Duty, StandingRole, UnitKind
from gongkai.services.intake.domain.unit import Register
from tests.unit.examples import a_unit_registered, an_officer
from tests.unit.given import at, given


def register(**changes: Any) -> Register:
    fields: dict[str, Any] = {
        "unit": "education",
        "name": "区教育局",
        "kind": UnitKind.DEPARTMENT,
        "jurisdiction": "sc",
        "government": "district",
        "superior": None,
        "roles": (StandingRole.PORTAL,),
        "officers": (an_officer("li-qiang", "李强", Duty.DEPUTY, Duty.HEAD), an_officer()),
        "by": "registrar",
    }
    return Register(**fields | changes)


@pytest.mark.clause("SC-1.1")
def test_a_unit_enters_the_register_with_its_roles_and_officers() -> None:
    given().when(register()).then(a_unit_registered())


@pytest.mark.clause("SC-1.1")
def test_another_entry_takes_the_place_of_the_old_one_as_a_whole() -> None:
    (
        given(a_unit_registered())
        .when(register(name="区教育体育局", roles=()))
        .then(a_unit_registered(name="区教育体育局", roles=()))
    )


def test_the_same_entry_again_changes_nothing_whoever_hands_it_in() -> None:
    given(a_unit_registered()).when(register(by="somebody-else"), at("2026-05-06")).then_nothing()


@pytest.mark.clause("SC-1.1")
def test_a_unit_keeps_its_id() -> None:
    given(a_unit_registered()).when(register(unit="sports")).then_refused("unit.fixed-id", "SC-1.1", "/unit")


@pytest.mark.clause("SC-1.2")
def test_a_unit_may_have_a_government_and_a_vertical_superior() -> None:
    given().when(register(superior="city-education")).then_one(
        UnitRegistered, government="district", superior="city-education"
    )


@pytest.mark.clause("SC-1.2")
def test_a_unit_is_not_its_own_superior() -> None:
    given().when(register(superior="education")).then_refused("unit.own-superior", "SC-1.2", "/superior")


@pytest.mark.clause("SC-1.3")
def test_a_person_is_entered_once_with_all_duties() -> None:
    twice = (an_officer(), an_officer("li-qiang", "李强"), an_officer())
    given().when(register(officers=twice)).then_refused("unit.officer-twice", "SC-1.3", "/officers/2/person")


@pytest.mark.clause("SC-1.3")
@pytest.mark.parametrize("person", ["system", "public"])
def test_an_officer_does_not_act_under_an_id_of_the_systems(person: str) -> None:
    officers = (Officer(person=person, name="示例", duties=()),)
    (
        given()
        .when(register(officers=officers))
        .then_refused("unit.reserved-person", "SC-1.3", "/officers/0/person")
    )
