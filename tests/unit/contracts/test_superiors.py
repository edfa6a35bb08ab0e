"""Superiors over both lines, who can be applied to, and what the register lacks."""

from typing import Any

import pytest

from gongkai.contracts.addressees import addressee, takes_applications
from gongkai.contracts.events import Assignment, DisclosureBody, UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.register_gaps import find_gaps
from gongkai.contracts.superiors import Leading, Step, authority, common_superior, leading
from gongkai.contracts.vocabulary import (
    BodyDuty,
    Duty,
    Level,
    Management,
    StandingMatter,
    StandingRole,
    UnitKind,
)
from tests.unit.examples import a_full_unit_registered, a_unit_registered, a_unit_succeeded, an_officer


def unit(
    name: str, government: str | None = None, superior: str | None = None, **more: Any
) -> UnitRegistered:
    fields = {"unit": name, "name": name, "roles": (), "officers": ()} | more
    return a_unit_registered(government=government, superior=superior, **fields)


@pytest.fixture
def register() -> Register:
    """A city with a district and a township; the district's tax bureau is the city's, the environment bureau both's."""
    register = Register()
    entries = (
        unit("city", kind=UnitKind.GOVERNMENT, level=Level.CITY, jurisdiction="cx"),
        unit("city-office", "city", roles=(StandingRole.AUTHORITY,), level=Level.CITY),
        unit("city-tax", "city", jurisdiction="cx"),
        unit("city-green", "city"),
        unit("district", "city", kind=UnitKind.GOVERNMENT, level=Level.COUNTY),
        unit("office", "district", roles=(StandingRole.AUTHORITY,)),
        unit("tax", "district", "city-tax", managed=Management.VERTICAL),
        unit("green", "district", "city-green", managed=Management.DUAL),
        unit("school", "district", "education", kind=UnitKind.INSTITUTION),
        unit("education", "district"),
        unit("town", "district", kind=UnitKind.TOWNSHIP, level=Level.TOWNSHIP),
        unit("town-office", "town", level=Level.TOWNSHIP),
    )
    for entry in entries:
        register.apply(entry)
    return register


@pytest.mark.clause("SC-1.2")
def test_the_common_superior_of_two_bureaus_is_their_government(register: Register) -> None:
    found = common_superior(register, "education", "green")
    assert found is not None
    assert found.unit == "district"
    assert found.ways == ((Step("district", "government"),), (Step("district", "government"),))


@pytest.mark.clause("SC-1.2")
def test_the_common_superior_is_found_over_the_vertical_line_too(register: Register) -> None:
    register.apply(unit("tax-2", "far-away", "city-tax", managed=Management.VERTICAL))
    found = common_superior(register, "tax", "tax-2")
    assert found is not None
    assert found.unit == "city-tax"
    assert found.ways[1] == (Step("city-tax", "superior"),)


@pytest.mark.clause("SC-1.2")
def test_nobody_is_his_own_superior_and_strangers_share_none(register: Register) -> None:
    found = common_superior(register, "district", "education")
    assert found is not None
    assert found.unit == "city"
    register.apply(unit("elsewhere"))
    assert common_superior(register, "education", "elsewhere") is None


@pytest.mark.clause("SC-1.2", "HZ-A4d")
@pytest.mark.parametrize(
    ("name", "leads", "guides"),
    [
        ("tax", "city-tax", "office"),
        ("green", "district", "city-green"),
        ("education", "district", "office"),
        ("town-office", "town", "office"),
        ("office", "district", None),
    ],
)
def test_who_leads_and_who_guides(register: Register, name: str, leads: str, guides: str | None) -> None:
    assert leading(register, name) == Leading(leads, guides)


@pytest.mark.clause("HZ-A4d")
def test_the_authority_is_the_governments_office_and_a_township_acts_under_the_level_above(
    register: Register,
) -> None:
    assert authority(register, "city") == "city-office"
    assert authority(register, "district") == "office"
    assert authority(register, "town") == "office"


@pytest.mark.clause("WY-H.11")
def test_a_unit_under_vertical_management_has_its_superiors_rules(register: Register) -> None:
    assert register.jurisdiction("tax") == "cx"
    assert register.jurisdiction("green") == "sc"
    register.apply(unit("tax", "district", "nobody", managed=Management.VERTICAL))
    assert register.jurisdiction("tax") == "sc"


@pytest.mark.clause("GT-whom", "LS-12", "GT-scope", "LS-16", "LS-4")
@pytest.mark.parametrize(
    ("kind", "own_name", "takes"),
    [
        (UnitKind.GOVERNMENT, None, True),
        (UnitKind.TOWNSHIP, None, True),
        (UnitKind.DEPARTMENT, None, True),
        (UnitKind.DEPARTMENT, False, False),
        (UnitKind.SUBDISTRICT, None, True),
        (UnitKind.AUTHORISED, None, True),
        (UnitKind.BRANCH, None, False),
        (UnitKind.BRANCH, True, True),
        (UnitKind.TEMPORARY, None, False),
        (UnitKind.COORDINATING, True, True),
        (UnitKind.INSTITUTION, None, False),
        (UnitKind.INSTITUTION, True, False),
    ],
)
def test_who_can_be_applied_to(kind: UnitKind, own_name: bool | None, takes: bool) -> None:
    assert takes_applications(unit("a", kind=kind, own_name=own_name)) is takes


@pytest.mark.clause("GT-whom")
def test_a_townships_department_is_no_department_at_county_level() -> None:
    assert not takes_applications(unit("a", level=Level.TOWNSHIP))


@pytest.mark.clause("GT-whom", "LS-12", "SC-A1.3")
def test_instead_of_one_that_cannot_the_one_above_it_or_its_successor_is_applied_to(
    register: Register,
) -> None:
    register.apply(unit("branch", "district", "education", kind=UnitKind.BRANCH, managed=Management.VERTICAL))
    assert addressee(register, "education") == "education"
    assert addressee(register, "branch") == "education"
    assert addressee(register, "town-office") == "town"
    register.apply(a_unit_succeeded(successors=({"unit": "green"},)))
    assert addressee(register, "branch") == "green"


@pytest.mark.clause("SC-1.1", "SC-1.3", "SC-A1.2")
def test_what_a_unit_lacks_is_named_with_its_clause(register: Register) -> None:
    found = [(gap.code, gap.clause) for gap in find_gaps(register) if gap.unit == "education"]
    assert found == [("head", "SC-1.3"), ("deputy", "SC-1.3"), ("section", "SC-1.3"), ("body", "SC-A1.2")]
    register.apply(a_full_unit_registered(superior="city-green", effective_on=None, assignments=()))
    assert not [gap for gap in find_gaps(register) if gap.unit == "education"]
    register.apply(
        a_full_unit_registered(
            superior="city-green", effective_on=None, assignments=(), body=DisclosureBody(name="办公室")
        )
    )
    assert [gap.code for gap in find_gaps(register) if gap.unit == "education"] == ["body-officer"]


@pytest.mark.clause("SC-1.1", "SC-1.2")
def test_what_a_government_lacks_is_named_and_a_township_needs_no_roles_of_its_own(
    register: Register,
) -> None:
    posts = {"head", "deputy"}
    district = {gap.code for gap in find_gaps(register) if gap.unit == "district"} - posts
    assert district == {"role-secrecy", "role-supervision", "role-portal", "role-new-media"}
    register.apply(unit("office", "nowhere"))
    assert {gap.code: gap.clause for gap in find_gaps(register)}["role-authority"] == "HZ-A4d"
    assert "government" in {gap.code for gap in find_gaps(register) if gap.unit == "office"}
    assert not {gap.code for gap in find_gaps(register) if gap.unit == "town" and gap.code.startswith("role")}


@pytest.mark.clause("CX-10")
def test_of_the_nine_standing_matters_each_needs_a_section() -> None:
    register = Register()
    register.apply(a_full_unit_registered())
    missing = [gap.code for gap in find_gaps(register) if gap.clause == "CX-10"]
    assert len(StandingMatter) == 9
    assert len(missing) == 8
    every = tuple(Assignment(matter=matter, section="综合一科") for matter in StandingMatter)
    register.apply(a_full_unit_registered(assignments=every))
    assert not [gap for gap in find_gaps(register) if gap.clause == "CX-10"]


@pytest.mark.clause("WY-A.3", "SC-A1.2")
def test_a_disclosure_body_has_the_five_duties_unless_its_entry_says_less() -> None:
    assert DisclosureBody(name="办公室").duties == tuple(BodyDuty)
    assert len(BodyDuty) == 5
    assert all(duty.clause == "WY-A.3" for duty in BodyDuty)


@pytest.mark.clause("WY-A.1")
def test_a_working_group_and_its_office_are_bodies_with_a_role(register: Register) -> None:
    register.apply(
        unit(
            "group",
            "district",
            kind=UnitKind.COORDINATING,
            roles=(StandingRole.WORKING_GROUP,),
            officers=(an_officer("chen", "陈", Duty.HEAD),),
        )
    )
    (found,) = (each for each in register.units.values() if StandingRole.WORKING_GROUP in each.roles)
    assert [officer.person for officer in found.officers] == ["chen"]
