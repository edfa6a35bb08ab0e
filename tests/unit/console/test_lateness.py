"""Present lateness: the same day's count on the officer's page, in the list and on the dashboard (GT-answer)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.console.lateness import AT_RISK, application_due, consultation_due, lateness_of, publication_due
from gongkai.contracts.vocabulary import ConsultationKind
from gongkai.rules.calendar import official
from gongkai.rules.deadlines import late_days
from gongkai.web import days_after

RECEIVED = date(2026, 3, 2)
DUE = date(2026, 3, 30)


def due(received: date = RECEIVED):  # type: ignore[no-untyped-def]  # a shorthand of these tests
    return application_due(official(), "sc", received, received)


@pytest.mark.parametrize(
    ("today", "state", "days"),
    [
        (RECEIVED, "open", 20),
        (date(2026, 3, 24), "open", 4),
        (date(2026, 3, 25), "risk", 3),
        (DUE, "risk", 0),
        (date(2026, 3, 31), "late", 1),
        (date(2026, 4, 7), "late", 5),  # 4 to 6 April: 清明节
    ],
)
@pytest.mark.clause("GT-answer")
def test_an_application_is_open_then_at_risk_then_late(today: date, state: str, days: int) -> None:
    lateness = lateness_of(due(), today)
    assert (lateness.state, lateness.days, lateness.due) == (state, days, DUE)


def test_one_day_late_is_said_in_the_singular() -> None:
    lateness = lateness_of(due(), date(2026, 3, 31))
    assert (lateness.zh, lateness.en) == ("超期1个工作日", "1 working day late")


@pytest.mark.clause("GT-count")
def test_past_the_last_notice_nothing_is_guessed() -> None:
    last = official().last_year
    lateness = lateness_of(due(date(last, 12, 21)), date(last, 12, 30))
    assert lateness.state == "wait"
    assert lateness.due is None
    assert str(last + 1) in lateness.zh


@pytest.mark.clause("SC-3.3", "SC-A1.4c")
def test_a_consultation_has_the_term_of_its_kind() -> None:
    monday = date(2026, 3, 2)
    affects = consultation_due(official(), "sc", str(ConsultationKind.AFFECTS), monday)
    coordinate = consultation_due(official(), "sc", str(ConsultationKind.COORDINATE), monday)
    assert (affects.deadline.due, coordinate.deadline.due) == (date(2026, 3, 4), date(2026, 3, 9))


def test_a_document_older_than_the_calendar_has_no_publication_day() -> None:
    assert publication_due(official(), "sc", date(1999, 5, 4), RECEIVED) is None
    assert publication_due(official(), "sc", RECEIVED, RECEIVED) is not None


@given(st.dates(date(2025, 1, 1), date(2026, 10, 1)), st.integers(0, 90))
def test_the_days_behind_the_flag_are_the_days_that_are_late(received: date, passed: int) -> None:
    line = due(received).deadline
    assert line.due is not None
    today = min(line.due + timedelta(days=passed), date(official().last_year, 12, 31))
    shown = sum(bool(day["counts"]) for day in days_after(official(), line.due, today))
    late = late_days(official(), line.due, today)
    assert shown == late or (shown, late) == (0, 1)  # late on a day of rest is late by one


@given(st.dates(date(2025, 1, 1), date(2026, 10, 1)), st.integers(0, 60))
def test_a_case_is_in_one_state_and_risk_comes_before_late(received: date, passed: int) -> None:
    today = received + timedelta(days=passed)
    if today.year > official().last_year:
        return
    lateness = lateness_of(due(received), today)
    assert lateness.due is not None
    assert (lateness.state == "late") == (today > lateness.due)
    assert (lateness.state == "risk") == (today <= lateness.due and lateness.days <= AT_RISK)
