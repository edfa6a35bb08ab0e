"""The law's day is the day in China."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.rules.local_time import end_of_day, local_date


def test_the_day_in_china_begins_eight_hours_before_the_day_in_utc() -> None:
    assert local_date(datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert local_date(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) == date(2026, 3, 3)


def test_a_day_ends_at_midnight_in_china() -> None:
    assert end_of_day(date(2026, 3, 2)) == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 2)).tzinfo is UTC


@given(st.dates(date(1992, 1, 1), date(2200, 1, 1)))
def test_the_end_of_a_day_is_the_first_moment_of_the_next(day: date) -> None:
    end = end_of_day(day)
    assert local_date(end) == day + timedelta(days=1)
    assert local_date(end - timedelta(microseconds=1)) == day


def test_a_moment_without_an_offset_is_no_moment() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_date(datetime(2026, 3, 2))  # noqa: DTZ001 - the very thing that must be refused
