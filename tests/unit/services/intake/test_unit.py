"""政务公开责任制度: units enter the register, and their entries are replaced."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.errors import Refused
from gongkai.contracts.events import (
    Assignment,
    DisclosureBody,
    Officer,
    Successor,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import (
    Duty,
    Management,
    Reorganisation,
    StandingMatter,
    StandingRole,
    UnitKind,
)
from gongkai.intake.units.aggregate import Register, Succeed
from tests.unit.examples import a_full_unit_registered, a_unit_registered, a_unit_succeeded, an_officer
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


def of(entry: UnitRegistered) -> Register:
    return Register(**{name: getattr(entry, name) for name in type(entry).model_fields if name != "at"})


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


@pytest.mark.clause("SC-1.3", "SC-A1.2")
def test_an_entry_names_section_disclosure_body_and_its_officer() -> None:
    entry = a_full_unit_registered()
    given().when(of(entry)).then(entry)


@pytest.mark.clause("SC-A1.2")
@pytest.mark.parametrize("person", ["wang-fang", "nobody"])
def test_the_disclosure_bodys_officer_is_one_of_the_units_disclosure_officers(person: str) -> None:
    body = DisclosureBody(name="办公室", officer=person)
    (
        given()
        .when(of(a_full_unit_registered(body=body)))
        .then_refused("unit.body-officer", "SC-A1.2", "/body/officer")
    )


@pytest.mark.clause("CX-10")
def test_a_standing_matter_has_one_section() -> None:
    twice = (Assignment(matter=StandingMatter.BUDGET, section="一科"),) * 2
    (
        given()
        .when(register(assignments=twice))
        .then_refused("unit.matter-twice", "CX-10", "/assignments/1/matter")
    )


@pytest.mark.clause("SC-1.2")
@pytest.mark.parametrize("managed", [Management.DUAL, Management.VERTICAL])
def test_a_unit_that_is_managed_from_above_names_its_superior(managed: Management) -> None:
    given().when(register(managed=managed)).then_refused("unit.no-superior", "SC-1.2", "/superior")


@pytest.mark.clause("SC-A1.3")
def test_an_entry_may_hold_from_another_day_than_today() -> None:
    given().when(register(effective_on=date(2026, 1, 1))).then_one(
        UnitRegistered, effective_on=date(2026, 1, 1)
    )
    late = register(effective_on=date(2028, 1, 1))
    given().when(late).then_refused("unit.day-out-of-range", "SC-A1.3", "/effective_on")


def succeed(**changes: Any) -> Succeed:
    ending = a_unit_succeeded()
    fields = {name: getattr(ending, name) for name in type(ending).model_fields if name != "at"}
    return Succeed(**fields | changes)


@pytest.mark.clause("SC-A1.3")
def test_the_day_of_an_end_lies_within_reason_and_the_refusal_says_which_day_it_means() -> None:
    late = given(a_unit_registered()).when(succeed(on=date(2028, 1, 1)))
    late.then_refused("unit.day-out-of-range", "SC-A1.3", "/on")
    assert isinstance(late.refusal, Refused)
    assert late.refusal.says.zh.startswith("单位不再存续之日应在1949年10月1日至")


@pytest.mark.clause("SC-A1.3", "LS-4")
def test_a_unit_ends_and_its_successor_is_named() -> None:
    (
        given(a_unit_registered())
        .when(succeed(), at("2026-05-20"))
        .then(a_unit_succeeded())
        .when(succeed(by="somebody-else"), at("2026-05-21"))
        .then_nothing()
    )


@pytest.mark.clause("SC-A1.3")
def test_only_a_registered_unit_ends() -> None:
    given().when(succeed()).then_refused("unit.not-registered", "SC-1.1", "/unit")


@pytest.mark.clause("SC-A1.3")
def test_a_unit_does_not_end_before_the_first_day_that_any_of_its_entries_gave_it() -> None:
    since, later = a_unit_registered(effective_on=date(2026, 2, 1)), a_unit_registered(name="区教体局")
    there = given(since, later)
    there.when(succeed(on=date(2026, 1, 31))).then_refused("unit.ends-before-it-begins", "SC-A1.3", "/on")
    there.when(succeed(on=date(2026, 2, 1))).then_one(UnitSucceeded, on=date(2026, 2, 1))
    wrong = a_unit_succeeded(on=date(2026, 1, 31))  # as could be entered once
    withdrawn = succeed(kind=Reorganisation.WITHDRAWN, successors=(), on=wrong.on)
    given(since, wrong).when(withdrawn).then_one(UnitSucceeded, successors=(), on=wrong.on)


@pytest.mark.clause("SC-A1.3", "LS-4")
def test_an_abolition_without_a_successor_names_who_decided_it() -> None:
    abolished = {"kind": Reorganisation.ABOLISHED, "successors": ()}
    unit_there = given(a_unit_registered())
    unit_there.when(succeed(**abolished)).then_one(UnitSucceeded, decided_by="district")
    for nobody in (None, "education"):
        unit_there.when(succeed(**abolished, decided_by=nobody)).then_refused(
            "unit.no-owner", "SC-A1.3", "/decided_by"
        )


@pytest.mark.clause("SC-A1.3")
@pytest.mark.parametrize(
    ("kind", "heirs", "code", "field"),
    [
        (Reorganisation.MERGED, (), "unit.successors", "/successors"),
        (Reorganisation.RENAMED, ("a", "b"), "unit.successors", "/successors"),
        (Reorganisation.DIVIDED, ("a",), "unit.successors", "/successors"),
        (Reorganisation.DIVIDED, ("a", "b"), "unit.unscoped-twice", "/successors/1/scope"),
        (Reorganisation.DIVIDED, ("a", "a"), "unit.successor-twice", "/successors/1/unit"),
        (Reorganisation.MERGED, ("education",), "unit.own-successor", "/successors/0/unit"),
    ],
)
def test_what_does_not_fit_a_reorganisation_is_refused(
    kind: Reorganisation, heirs: tuple[str, ...], code: str, field: str
) -> None:
    successors = tuple(Successor(unit=heir) for heir in heirs)
    (
        given(a_unit_registered())
        .when(succeed(kind=kind, successors=successors))
        .then_refused(code, "SC-A1.3", field)
    )


@pytest.mark.clause("SC-A1.3")
def test_an_ending_that_was_entered_in_error_is_withdrawn() -> None:
    withdrawn = {"kind": Reorganisation.WITHDRAWN, "successors": (), "decided_by": None, "basis": None}
    given(a_unit_registered()).when(succeed(**withdrawn)).then_refused("unit.not-ended", "SC-A1.3", "/kind")
    given(a_unit_registered(), a_unit_succeeded()).when(
        succeed(**withdrawn | {"successors": (Successor(unit="a"),)})
    ).then_refused("unit.successors", "SC-A1.3", "/successors")
    (
        given(a_unit_registered(), a_unit_succeeded())
        .when(succeed(**withdrawn))
        .then_one(UnitSucceeded, successors=(), decided_by=None)
        .when(register(name="区教育体育局"), at("2026-07-01"))
        .then_one(UnitRegistered, name="区教育体育局")
    )


@pytest.mark.clause("SC-A1.3")
def test_an_ended_unit_gets_no_new_entry_but_for_the_days_before() -> None:
    ended = given(a_unit_registered(), a_unit_succeeded())
    ended.when(register(name="区教育体育局"), at("2026-06-01")).then_refused("unit.ended", "SC-A1.3", "/unit")
    ended.when(register(name="区教育体育局"), at("2026-05-31")).then_one(UnitRegistered, name="区教育体育局")
