"""依申请公开: received, counted in working days, answered once."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.events import ApplicationAnswered, ApplicationReceived
from gongkai.contracts.vocabulary import AnswerKind, Channel, Ground
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.aggregate import Answer, DeclareOverdue, Receive
from tests.unit.examples import (
    APPLICATION,
    D3,
    an_application_answered,
    an_application_overdue,
    an_application_received,
    sealed,
)
from tests.unit.given import at, given, rules

OVERDUE = DeclareOverdue(by="system")


def receive(**changes: Any) -> Receive:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "receipt": "YSQ-2026-0001",
        "unit": "education",
        "channel": Channel.ONLINE,
        "applicant": sealed("YXBwbGljYW50"),
        "request": sealed("cmVxdWVzdA=="),
        "received_on": None,
        "code_digest": D3,
        "by": "portal",
    }
    return Receive(**fields | changes)


def answer(**changes: Any) -> Answer:
    fields: dict[str, Any] = {
        "kind": AnswerKind.DISCLOSED,
        "letter": sealed("bGV0dGVy"),
        "grounds": (),
        "by": "zhao-min",
    }
    return Answer(**fields | changes)


# -- receipt


@pytest.mark.clause("GT-received", "CX-17c")
def test_an_application_is_received_today_unless_another_day_is_said() -> None:
    given().when(receive()).then(an_application_received())
    given().when(receive(received_on=date(2026, 2, 27))).then(
        an_application_received(received_on=date(2026, 2, 27))
    )


@pytest.mark.clause("GT-received")
def test_today_is_today_in_shanghai() -> None:
    given().when(receive(), at("2026-03-03", 0, 30)).then_one(
        ApplicationReceived, received_on=date(2026, 3, 3)
    )


@pytest.mark.clause("GT-received")
def test_nothing_is_received_in_the_future() -> None:
    (
        given()
        .when(receive(received_on=date(2026, 3, 3)))
        .then_refused("application.received-in-future", "GT-received", "/received_on")
    )


@pytest.mark.clause("GT-received")
def test_a_day_of_over_a_year_ago_is_a_slip_of_the_pen() -> None:
    given().when(receive(received_on=date(2025, 3, 2))).then_one(ApplicationReceived)
    for day in (date(2025, 3, 1), date(2017, 12, 31), date(1, 1, 1)):
        (
            given()
            .when(receive(received_on=day))
            .then_refused("application.received-too-long-ago", "GT-received", "/received_on")
        )


@pytest.mark.clause("GT-received")
def test_before_the_first_holiday_notice_nothing_is_received() -> None:
    before = at(f"{rules().calendar.first_year - 1}-12-31")
    (
        given()
        .when(receive(), before)
        .then_refused("application.received-too-long-ago", "GT-received", "/received_on")
    )


def test_the_same_application_sent_again_the_next_day_is_one_application() -> None:
    given(an_application_received()).when(receive(), at("2026-03-03")).then_nothing()
    answered = given(an_application_received(), an_application_answered())
    answered.when(receive(received_on=date(2026, 3, 2))).then_nothing()


@pytest.mark.clause("GT-register")
def test_another_application_does_not_take_a_registered_id() -> None:
    (
        given(an_application_received())
        .when(receive(request=sealed("b3RoZXI=")))
        .then_refused("application.already-received", "GT-register", "/application")
    )


# -- the clock


@pytest.mark.clause("GT-answer")
def test_the_clock_counts_twenty_working_days_with_holidays_and_make_up_days() -> None:
    """From 14 September 2026: Sunday the 20th works, Mid-Autumn and National Day rest, Saturday 10 October works."""
    state = application.Open(an_application_received(received_on=date(2026, 9, 14)))
    clock = application.clock(state, rules())
    counted = [day.date for day in clock.days if day.counts]
    assert clock.due == date(2026, 10, 16)
    assert len(counted) == 20
    assert counted[0] == date(2026, 9, 15)
    assert {date(2026, 9, 20), date(2026, 10, 10)} <= set(counted)
    assert not {date(2026, 9, 25), date(2026, 10, 1), date(2026, 10, 7)} & set(counted)


@pytest.mark.clause("GT-answer")
def test_past_the_last_holiday_notice_an_application_is_accepted_and_its_clock_waits() -> None:
    unannounced = rules().calendar.last_year + 1
    received = given().when(receive(), at(f"{unannounced}-03-02"))
    received.then_one(ApplicationReceived).when(answer(), at(f"{unannounced}-03-09")).then_one(
        ApplicationAnswered, due=None, late_days=0
    )
    state = application.Open(an_application_received(received_on=date(unannounced, 3, 2)))
    clock = application.clock(state, rules())
    assert (clock.due, clock.left, clock.awaits) == (None, 20, unannounced)


# -- the answer


@pytest.mark.clause("GT-answer")
def test_an_answer_in_time_is_judged_so_and_names_the_rules_that_judged() -> None:
    (given(an_application_received()).when(answer(), at("2026-03-09")).then(an_application_answered()))


@pytest.mark.clause("GT-answer")
def test_the_due_day_itself_is_in_time() -> None:
    (
        given(an_application_received())
        .when(answer(), at("2026-03-30", 23, 59))
        .then_one(ApplicationAnswered, due=date(2026, 3, 30), late_days=0)
    )


@pytest.mark.clause("GT-answer")
def test_lateness_is_counted_in_working_days_after_the_due_day() -> None:
    (
        given(an_application_received(), an_application_overdue())
        .when(answer(), at("2026-04-01"))
        .then_one(ApplicationAnswered, due=date(2026, 3, 30), late_days=2)
    )


@pytest.mark.clause("GT-answer")
def test_the_same_answer_again_changes_nothing() -> None:
    answered = given(an_application_received(), an_application_answered())
    answered.when(answer(by="somebody-else"), at("2026-04-20")).then_nothing()


@pytest.mark.clause("GT-answer")
@pytest.mark.parametrize("other", [{"letter": sealed("YW5vdGhlcg==")}, {"kind": AnswerKind.NOT_HELD}])
def test_a_second_answer_is_refused(other: dict[str, Any]) -> None:
    (
        given(an_application_received(), an_application_answered())
        .when(answer(**other))
        .then_refused("application.already-answered", "GT-answer", "/application")
    )


@pytest.mark.clause("GT-register")
def test_what_was_never_received_is_not_answered() -> None:
    given().when(answer()).then_refused("application.unknown", "GT-register", "/application")
    given().when(OVERDUE).then_refused("application.unknown", "GT-register", "/application")


# -- grounds


@pytest.mark.clause("GT-default", "GT-grounds", "GT-partial")
@pytest.mark.parametrize("kind", [AnswerKind.WITHHELD, AnswerKind.PARTLY_DISCLOSED])
def test_nothing_is_withheld_without_a_coded_ground(kind: AnswerKind) -> None:
    (
        given(an_application_received())
        .when(answer(kind=kind))
        .then_refused("application.no-ground", "GT-default", "/grounds")
        .when(answer(kind=kind, grounds=("15-third-party",)), at("2026-03-09"))
        .then(an_application_answered(kind=kind, grounds=("15-third-party",)))
    )


@pytest.mark.clause("GT-grounds")
def test_a_ground_that_the_regulation_does_not_know_is_refused() -> None:
    (
        given(an_application_received())
        .when(answer(kind=AnswerKind.WITHHELD, grounds=("16-process", "inconvenient")))
        .then_refused("application.unknown-ground", "GT-grounds", "/grounds/1")
    )


@pytest.mark.clause("GT-grounds")
def test_an_answer_that_withholds_nothing_carries_no_ground() -> None:
    (
        given(an_application_received())
        .when(answer(grounds=("16-process",)))
        .then_refused("application.needless-ground", "GT-grounds", "/grounds")
    )


@pytest.mark.clause("GT-grounds")
def test_grounds_are_kept_in_the_regulations_order_each_once() -> None:
    (
        given(an_application_received())
        .when(answer(kind=AnswerKind.WITHHELD, grounds=("16-process", "14-security", "16-process")))
        .then_one(ApplicationAnswered, grounds=("14-security", "16-process"))
    )


@pytest.mark.clause("GT-grounds")
def test_every_ground_names_its_article_and_both_languages() -> None:
    assert {int(ground[:2]) for ground in Ground} == {14, 15, 16}
    assert all(ground.zh and ground.en and ground.clause == "GT-grounds" for ground in Ground)


# -- overdue


@pytest.mark.clause("GT-answer")
def test_an_application_is_overdue_once_its_due_day_is_over() -> None:
    (
        given(an_application_received())
        .when(OVERDUE, at("2026-03-30", 23, 59))
        .then_refused("application.not-due", "GT-answer")
        .when(OVERDUE, at("2026-03-31", 0))
        .then(an_application_overdue())
        .when(OVERDUE, at("2026-04-30"))
        .then_nothing()
    )


@pytest.mark.clause("GT-answer")
def test_an_answered_application_is_not_declared_overdue() -> None:
    answered = given(an_application_received(), an_application_answered())
    answered.when(OVERDUE, at("2026-04-30")).then_nothing()


@pytest.mark.clause("GT-answer")
def test_nobody_is_overdue_while_the_holiday_notice_is_awaited() -> None:
    unannounced = rules().calendar.last_year + 1
    waiting = given(an_application_received(received_on=date(unannounced, 1, 4)))
    waiting.when(OVERDUE, at(f"{unannounced}-12-31")).then_refused("application.not-due", "GT-answer")
