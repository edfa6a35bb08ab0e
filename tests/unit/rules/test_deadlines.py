"""期限: how a term is counted, on any day of the calendar."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.rules.calendar import Holiday, Notice, official
from gongkai.rules.deadlines import BeforeNotices, Pause, deadline, late_days
from gongkai.rules.rulebooks import load
from gongkai.rules.term import Term

CALENDAR = official()
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)

any_day = st.dates(FIRST)
a_known_day = st.dates(FIRST, LAST)
a_term = st.builds(Term, st.integers(1, 120), st.sampled_from(["wd", "d"]))
some_pauses = st.lists(
    st.builds(lambda day, n: Pause(day, day + timedelta(days=n)), a_known_day, st.integers(0, 40)), max_size=3
)


def wd(days: int) -> Term:
    return Term(days, "wd")


def d(days: int) -> Term:
    return Term(days, "d")


# -- the examples that an officer would check by hand


@pytest.mark.clause("GT-answer", "GT-count")
def test_an_application_over_the_spring_festival_is_due_after_make_up_days_and_holidays_are_counted_right() -> (
    None
):
    term = load("cn", date(2026, 2, 6)).answer.term
    clock = deadline(CALENDAR, start=date(2026, 2, 6), term=term)
    assert clock.due == date(2026, 3, 12)
    by_date = {day.date: day for day in clock.days}
    assert (by_date[date(2026, 2, 14)].counts, by_date[date(2026, 2, 14)].reason.zh) == (True, "调休上班")
    assert (by_date[date(2026, 2, 17)].counts, by_date[date(2026, 2, 17)].reason.zh) == (False, "春节")
    assert clock.days[-1].n == 20


@pytest.mark.clause("GT-count")
def test_the_first_day_is_not_counted() -> None:
    clock = deadline(CALENDAR, start=date(2026, 3, 2), term=wd(1))
    assert clock.due == date(2026, 3, 3)
    assert [(day.counts, day.n) for day in clock.days] == [(False, None), (True, 1)]


@pytest.mark.clause("GT-count")
def test_calendar_days_that_end_on_a_day_of_rest_end_on_the_next_working_day() -> None:
    clock = deadline(CALENDAR, start=date(2026, 9, 21), term=d(10))
    assert clock.due == date(2026, 10, 8)
    assert clock.days[10].date == date(2026, 10, 1)
    assert (clock.days[10].n, clock.days[-1].n) == (10, None)
    assert "顺延" in clock.days[-1].reason.zh


@pytest.mark.clause("GT-count")
def test_a_make_up_saturday_is_a_last_day_like_any_other() -> None:
    assert deadline(CALENDAR, start=date(2026, 2, 18), term=d(10)).due == date(2026, 2, 28)


@pytest.mark.clause("GT-20wd")
def test_what_is_to_be_public_is_out_twenty_working_days_after_it_was_formed() -> None:
    rule = load("cn", date(2026, 9, 10)).publish
    assert (rule.term, rule.clause) == (wd(20), "GT-20wd")
    assert deadline(CALENDAR, start=date(2026, 9, 10), term=rule.term).due == date(2026, 10, 14)


@pytest.mark.clause("GT-answer")
def test_the_time_taken_to_ask_third_parties_and_other_bodies_does_not_count() -> None:
    asked = Pause(date(2026, 3, 9), date(2026, 3, 20), zh="征求第三方意见", en="third party consulted")
    plain = deadline(CALENDAR, start=date(2026, 3, 2), term=wd(20))
    paused = deadline(CALENDAR, start=date(2026, 3, 2), term=wd(20), pauses=[asked])
    assert plain.due == date(2026, 3, 30)
    assert paused.due == date(2026, 4, 14)
    assert {day.reason.zh for day in paused.days if asked.covers(day.date)} == {"征求第三方意见"}


def test_a_pause_that_goes_on_leaves_the_due_day_open() -> None:
    clock = deadline(CALENDAR, start=date(2026, 3, 2), term=wd(20), pauses=[Pause(date(2026, 3, 9), None)])
    assert (clock.due, clock.left, clock.awaits) == (None, 16, None)
    assert "16" in clock.says.zh
    assert "paused" in clock.says.en


def test_a_pause_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Pause(date(2026, 3, 9), date(2026, 3, 8))


@pytest.mark.clause("GT-answer")
def test_past_the_last_notice_the_days_left_are_told_and_the_notice_is_awaited() -> None:
    clock = deadline(CALENDAR, start=date(2026, 12, 20), term=wd(20))
    assert (clock.due, clock.left, clock.awaits) == (None, 11, 2027)
    assert clock.days[-1].date == LAST
    assert clock.says.zh == "2026-12-31之后还有11个工作日，待2027年节假日安排通知"
    assert clock.says.en == "11 working days left after 2026-12-31, holiday notice for 2027 awaited"


@pytest.mark.parametrize("start", [date(2027, 5, 4), date(2029, 5, 4), date.max])
def test_a_term_that_begins_after_the_last_notice_is_all_still_to_count_and_the_first_one_missing_awaited(
    start: date,
) -> None:
    clock = deadline(CALENDAR, start=start, term=wd(20))
    assert (clock.due, clock.left, clock.awaits) == (None, 20, 2027)


def test_a_last_day_at_rest_when_the_known_years_end_waits_for_the_notice_too() -> None:
    known = CALENDAR.as_known_on(date(2022, 1, 1))
    clock = deadline(known, start=date(2022, 12, 26), term=d(5))
    assert (clock.due, clock.left, clock.awaits) == (None, 0, 2023)
    assert clock.says.zh == "截至2022-12-31期限届满，遇休息日顺延，待2023年节假日安排通知"
    assert clock.says.en.endswith("moved to the next working day, holiday notice for 2023 awaited")
    assert deadline(CALENDAR, start=date(2022, 12, 26), term=d(5)).due == date(2023, 1, 3)


def test_a_last_day_at_rest_before_a_pause_that_goes_on_has_nothing_left_and_no_due_day() -> None:
    friday, sunday = date(2026, 3, 6), date(2026, 3, 8)
    clock = deadline(CALENDAR, start=friday, term=d(1), pauses=[Pause(sunday, None)])
    assert (clock.due, clock.left, clock.awaits) == (None, 0, None)
    assert clock.says.zh == "截至2026-03-08期限届满，遇休息日顺延，待计时恢复"
    assert clock.says.en == "all counted by 2026-03-08, moved to the next working day, paused"


def test_a_due_day_is_said_in_both_languages() -> None:
    says = deadline(CALENDAR, start=date(2026, 3, 2), term=wd(1)).says
    assert (says.zh, says.en) == ("截止2026-03-03", "due on 2026-03-03")


# -- and on any day


@pytest.mark.clause("GT-answer", "GT-count")
@given(start=st.dates(FIRST, date(2026, 6, 30)), days=st.integers(1, 60))
def test_working_days_are_counted_as_an_independent_library_counts_them(start: date, days: int) -> None:
    day, n = start, 0
    while n < days:
        day += timedelta(days=1)
        n += chinese_calendar.is_workday(day)
    assert deadline(CALENDAR, start=start, term=wd(days)).due == day


@given(start=any_day, term=a_term)
def test_on_any_day_there_is_a_due_day_or_a_notice_awaited_and_no_day_is_lost(
    start: date, term: Term
) -> None:
    clock = deadline(CALENDAR, start=start, term=term)
    counted = [day.n for day in clock.days if day.counts]
    assert counted == list(range(1, len(counted) + 1))
    assert len(counted) + clock.left == term.days
    assert (clock.due is None) == (clock.awaits is not None)
    assert [day.date for day in clock.days] == [start + timedelta(days=n) for n in range(len(clock.days))]
    assert all(day.reason.zh and day.reason.en for day in clock.days)


@pytest.mark.clause("GT-count")
@given(start=st.dates(max_value=FIRST - timedelta(days=1)), term=a_term)
def test_before_the_first_notice_no_notice_is_awaited(start: date, term: Term) -> None:
    with pytest.raises(BeforeNotices, match=str(start.year)):
        deadline(CALENDAR, start=start, term=term)


@given(start=a_known_day, term=a_term, pauses=some_pauses)
def test_a_due_day_is_the_last_day_shown_and_a_working_day_that_is_not_paused(
    start: date, term: Term, pauses: list[Pause]
) -> None:
    clock = deadline(CALENDAR, start=start, term=term, pauses=pauses)
    if clock.due is not None:
        assert clock.due == clock.days[-1].date
        assert CALENDAR.is_working_day(clock.due)
        assert not any(pause.covers(clock.due) for pause in pauses)


@given(start=a_known_day, term=a_term, pauses=some_pauses)
def test_a_pause_never_counts_and_never_brings_the_due_day_forward(
    start: date, term: Term, pauses: list[Pause]
) -> None:
    plain = deadline(CALENDAR, start=start, term=term)
    paused = deadline(CALENDAR, start=start, term=term, pauses=pauses)
    assert not any(day.counts for day in paused.days for pause in pauses if pause.covers(day.date))
    assert (paused.due or date.max) >= (plain.due or date.max)


@pytest.mark.clause("GT-count")
@given(start=st.dates(FIRST, date(2026, 6, 30)), days=st.integers(1, 120))
def test_calendar_days_are_moved_over_days_of_rest_only(start: date, days: int) -> None:
    due = deadline(CALENDAR, start=start, term=d(days)).due
    last = start + timedelta(days=days)
    assert due is not None
    assert due >= last
    assert not any(CALENDAR.is_working_day(last + timedelta(days=n)) for n in range((due - last).days))


@given(start=a_known_day, term=a_term)
def test_who_starts_later_is_never_due_earlier(start: date, term: Term) -> None:
    today = deadline(CALENDAR, start=start, term=term)
    tomorrow = deadline(CALENDAR, start=start + timedelta(days=1), term=term)
    assert (tomorrow.due or date.max) >= (today.due or date.max)


@given(start=a_known_day, term=a_term)
def test_a_notice_for_the_next_year_moves_open_deadlines_and_nothing_else(start: date, term: Term) -> None:
    new_year = Holiday(
        code="new-year", zh="元旦", en="New Year's Day", first=date(2027, 1, 1), last=date(2027, 1, 3)
    )
    notice = Notice(
        year=2027, number="国办发明电〔2026〕9号", dated=date(2026, 11, 3), title="样例", holidays=(new_year,)
    )
    before = deadline(CALENDAR, start=start, term=term)
    after = deadline(CALENDAR.with_year(notice), start=start, term=term)
    if before.due is not None:
        assert after == before
    else:
        assert after.due is not None
        assert after.due > LAST
        assert after.days[: len(before.days)] == before.days


# -- how late


@pytest.mark.clause("GT-answer")
@pytest.mark.parametrize(
    ("due", "on", "late"),
    [
        (date(2026, 3, 6), date(2026, 3, 2), 0),
        (date(2026, 3, 6), date(2026, 3, 6), 0),
        (date(2026, 3, 6), date(2026, 3, 7), 1),  # a Saturday: late all the same
        (date(2026, 3, 6), date(2026, 3, 9), 1),
        (date(2026, 3, 6), date(2026, 3, 10), 2),
        (date(2026, 9, 18), date(2026, 9, 20), 1),  # a Sunday that is worked
        (date(2026, 9, 30), date(2026, 10, 8), 1),
        (date(2026, 12, 31), date(2027, 1, 20), 1),  # no notice for 2027: at least one
    ],
)
def test_lateness_is_told_in_working_days_after_the_due_day(due: date, on: date, late: int) -> None:
    assert late_days(CALENDAR, due, on) == late


# -- months


@pytest.mark.clause("GT-count")
@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # 调休上班: a working day
        (date(2026, 3, 2), 3, date(2026, 6, 2)),
        (date(2026, 3, 5), 6, date(2026, 9, 7)),  # the 5th is a Saturday
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 4, 1), 6, date(2025, 10, 9)),  # 国庆节、中秋节
    ],
)
def test_a_month_ends_on_the_day_of_its_number_or_on_its_last(start: date, months: int, due: date) -> None:
    assert deadline(CALENDAR, start=start, term=Term(months, "m")).due == due
