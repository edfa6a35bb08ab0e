"""委托代行: during leave a colleague does an officer's duties, for some days."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.vocabulary import Duty
from gongkai.intake.delegations.aggregate import Delegate, Withdraw
from tests.unit.examples import a_delegation_withdrawn, a_duty_delegated
from tests.unit.given import at, given


def delegate(**changes: Any) -> Delegate:
    fields: dict[str, Any] = {
        "delegation": "leave-1",
        "unit": "education",
        "giver": "wang-fang",
        "taker": "li-qiang",
        "duties": (Duty.DRAFTER,),
        "since": date(2026, 3, 2),
        "until": date(2026, 3, 6),
        "reason": "年休假",
        "held": frozenset({Duty.DRAFTER}),
        "colleagues": frozenset({"li-qiang", "wang-fang"}),
        "by": "wang-fang",
    }
    return Delegate(**fields | changes)


WITHDRAW = Withdraw(by="wang-fang")


@pytest.mark.clause("SC-1.3")
def test_a_colleague_does_it_for_some_days() -> None:
    given().when(delegate()).then(a_duty_delegated())


def test_said_twice_it_is_meant_once() -> None:
    given(a_duty_delegated()).when(delegate(by="li-qiang"), at("2026-03-03")).then_nothing()


@pytest.mark.clause("SC-1.3")
@pytest.mark.parametrize(
    "changes",
    [
        {"duties": (Duty.SECRECY_REVIEWER,)},
        {"duties": (Duty.DRAFTER, Duty.HEAD)},
        {"duties": (Duty.AUDITOR,), "held": frozenset({Duty.AUDITOR})},
        {"duties": ()},
    ],
)
def test_nobody_gives_what_he_does_not_hold_nor_an_audit(changes: dict[str, Any]) -> None:
    given().when(delegate(**changes)).then_refused("delegation.not-held", "SC-1.3", "/duties")


@pytest.mark.parametrize("taker", ["wang-fang", "sun-li"])
def test_it_goes_to_a_colleague(taker: str) -> None:
    given().when(delegate(taker=taker)).then_refused("delegation.no-colleague", "SC-1.3", "/taker")


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2026, 3, 1), date(2026, 3, 6)),
        (date(2026, 3, 6), date(2026, 3, 5)),
        (date(2026, 3, 2), date(2027, 3, 4)),
    ],
)
def test_it_has_its_days(since: date, until: date) -> None:
    given().when(delegate(since=since, until=until)).then_refused("delegation.days", "SC-1.3", "/since")


def test_an_id_is_used_once() -> None:
    refused = ("delegation.taken", "SC-1.3", "/delegation")
    given(a_duty_delegated()).when(delegate(until=date(2026, 3, 9))).then_refused(*refused)
    given(a_duty_delegated(), a_delegation_withdrawn()).when(delegate()).then_refused(*refused)


@pytest.mark.clause("SC-1.3")
def test_it_is_taken_back_at_once() -> None:
    given(a_duty_delegated()).when(WITHDRAW).then(a_delegation_withdrawn())
    given(a_duty_delegated(), a_delegation_withdrawn()).when(WITHDRAW).then_nothing()
    given().when(WITHDRAW).then_refused("delegation.unknown", "SC-1.3", "/delegation")
