"""业务系统: a system speaks for its own unit, until it is retired."""

from typing import Any

import pytest

from gongkai.contracts.vocabulary import HandIn
from gongkai.intake.systems.aggregate import Register, Retire
from tests.unit.examples import a_system_registered, a_system_retired
from tests.unit.given import at, given


def register(**changes: Any) -> Register:
    fields: dict[str, Any] = {
        "system": "education-oa",
        "name": "区教育局办公系统",
        "unit": "education",
        "may": (HandIn.DRAFT, HandIn.APPLICATION),
        "by": "registrar",
    }
    return Register(**fields | changes)


RETIRE = Retire(reason="系统下线", by="registrar")


@pytest.mark.clause("SC-1.1")
def test_a_system_speaks_for_its_unit() -> None:
    given().when(register()).then(a_system_registered())


def test_what_it_may_hand_in_is_told_once_and_in_one_order() -> None:
    said = (HandIn.APPLICATION, HandIn.DRAFT, HandIn.APPLICATION)
    given().when(register(may=said)).then(a_system_registered())


def test_the_same_entry_again_changes_nothing() -> None:
    given(a_system_registered()).when(register(by="somebody-else"), at("2026-05-06")).then_nothing()


@pytest.mark.clause("SC-1.1")
def test_it_never_comes_to_speak_for_another_unit() -> None:
    refused = ("system.another-unit", "SC-1.1", "/unit")
    given(a_system_registered()).when(register(unit="finance")).then_refused(*refused)
    given(a_system_registered(), a_system_retired()).when(register(unit="finance")).then_refused(*refused)


def test_one_that_may_hand_in_nothing_is_none() -> None:
    given().when(register(may=())).then_refused("system.hands-in-nothing", "SC-1.1", "/may")


@pytest.mark.clause("SC-1.1")
def test_a_retired_system_may_come_back() -> None:
    given(a_system_registered()).when(RETIRE).then(a_system_retired())
    given(a_system_registered(), a_system_retired()).when(RETIRE).then_nothing()
    given(a_system_registered(), a_system_retired()).when(register()).then(a_system_registered())


def test_only_a_known_system_is_retired() -> None:
    given().when(RETIRE).then_refused("system.unknown", "SC-1.1", "/system")
