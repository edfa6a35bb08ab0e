"""提前: the last day that is a term before an event, counted backwards from it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.rules.calendar import NoNotice, official
from gongkai.rules.deadlines import BeforeNotices, latest_before
from gongkai.rules.term import Term

CALENDAR = official()


@pytest.mark.clause("GT-count")
@pytest.mark.parametrize(
    ("event", "term", "last"),
    [
        (date(2026, 3, 20), Term(10, "d"), date(2026, 3, 10)),
        (date(2026, 3, 18), Term(10, "d"), date(2026, 3, 8)),  # a Sunday, and it stays one
        (date(2026, 2, 25), Term(5, "wd"), date(2026, 2, 11)),  # 春节 is no working day, 14 February is one
        (date(2027, 1, 5), Term(10, "d"), date(2026, 12, 26)),
        (date(2026, 3, 31), Term(1, "m"), date(2026, 2, 28)),
    ],
)
def test_days_before_are_counted_backwards_and_never_extended(event: date, term: Term, last: date) -> None:
    found = latest_before(CALENDAR, event=event, term=term)
    assert found.due == last == found.days[0].date
    assert found.days[-1].date == event
    assert not found.days[-1].counts


def test_working_days_before_an_event_of_an_unknown_year_can_not_be_told() -> None:
    with pytest.raises(NoNotice):
        latest_before(CALENDAR, event=date(2027, 1, 8), term=Term(3, "wd"))
    with pytest.raises(BeforeNotices):
        latest_before(CALENDAR, event=date(2017, 1, 8), term=Term(3, "d"))


@given(st.dates(date(2018, 6, 1), date(2026, 12, 31)), st.integers(1, 90))
def test_as_many_days_lie_before_as_are_asked_for(event: date, days: int) -> None:
    found = latest_before(CALENDAR, event=event, term=Term(days, "d"))
    assert found.due == event - timedelta(days=days)
    assert sum(day.counts for day in found.days) == days
