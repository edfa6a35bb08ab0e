"""法定工作日, against the notices and against a library that was built from them by others."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from gongkai.rules.calendar import Calendar, Holiday, NoNotice, Notice, official

EVERY_DAY = [date(2018, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2018, 1, 1)).days)]


def a_notice(
    year: int = 2027, *, number: str = "国办发明电〔2026〕9号", dated: date = date(2026, 11, 3)
) -> Notice:
    """An invented notice: one day off on 1 January."""
    new_year = Holiday(
        code="new-year", zh="元旦", en="New Year's Day", first=date(year, 1, 1), last=date(year, 1, 1)
    )
    return Notice(year=year, number=number, dated=dated, title="样例", holidays=(new_year,))


@pytest.mark.clause("GT-count")
def test_every_day_with_a_notice_agrees_with_an_independent_library() -> None:
    differing = [
        day for day in EVERY_DAY if official().is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == []


def test_every_notice_has_its_number_its_date_and_its_title() -> None:
    assert [(notice.year, notice.number, str(notice.dated)) for notice in official().notices] == [
        (2018, "国办发明电〔2017〕12号", "2017-11-30"),
        (2019, "国办发明电〔2018〕15号", "2018-12-04"),
        (2019, "国办发明电〔2019〕3号", "2019-03-22"),
        (2020, "国办发明电〔2019〕16号", "2019-11-21"),
        (2020, "国办发明电〔2020〕1号", "2020-01-26"),
        (2021, "国办发明电〔2020〕27号", "2020-11-25"),
        (2022, "国办发明电〔2021〕11号", "2021-10-25"),
        (2023, "国办发明电〔2022〕16号", "2022-12-08"),
        (2024, "国办发明电〔2023〕7号", "2023-10-25"),
        (2025, "国办发明电〔2024〕12号", "2024-11-12"),
        (2026, "国办发明电〔2025〕7号", "2025-11-04"),
    ]
    assert all(notice.title.startswith("国务院办公厅关于") for notice in official().notices)


@pytest.mark.parametrize(
    ("day", "zh", "notice"),
    [
        (date(2026, 3, 2), "工作日", None),
        (date(2026, 3, 7), "周末", None),
        (date(2026, 2, 17), "春节", "国办发明电〔2025〕7号"),
        (date(2026, 2, 28), "调休上班", "国办发明电〔2025〕7号"),
        (date(2020, 2, 1), "春节", "国办发明电〔2020〕1号"),
        (date(2020, 10, 1), "国庆节、中秋节", "国办发明电〔2019〕16号"),
        (date(2018, 12, 29), "调休上班", "国办发明电〔2018〕15号"),
    ],
)
def test_a_day_says_why_it_counts_and_which_notice_says_so(day: date, zh: str, notice: str | None) -> None:
    reason = official().explain(day)
    assert (reason.zh, reason.notice) == (zh, notice)
    assert reason.en


def test_the_spring_festival_of_2020_was_longer_once_its_second_notice_came() -> None:
    before, after = official().as_known_on(date(2020, 1, 25)), official().as_known_on(date(2020, 1, 26))
    assert before.is_working_day(date(2020, 1, 31))
    assert before.explain(date(2020, 2, 1)).zh == "调休上班"
    assert not after.is_working_day(date(2020, 1, 31))
    assert not after.is_working_day(date(2020, 2, 1))
    assert after.is_working_day(date(2020, 1, 19))


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2030, 6, 3), date(2017, 12, 29)])
def test_a_year_without_a_notice_is_not_guessed(day: date) -> None:
    with pytest.raises(NoNotice) as refused:
        official().is_working_day(day)
    with pytest.raises(NoNotice):
        official().explain(day)
    assert refused.value.year == day.year
    assert str(day.year) in refused.value.says.zh
    assert str(day.year) in refused.value.says.en


def test_nothing_is_known_before_the_first_notice() -> None:
    with pytest.raises(NoNotice):
        official().as_known_on(date(2017, 11, 29))


def test_the_notice_for_the_next_year_adds_that_year_and_leaves_the_old_calendar_alone() -> None:
    later = official().with_year(a_notice())
    assert not later.is_working_day(date(2027, 1, 1))
    assert later.is_working_day(date(2027, 1, 4))
    assert official().last_year == 2026
    assert later.version.startswith("2027@国办发明电〔2026〕9号#")
    assert later.version != official().version


def test_a_change_to_a_known_year_replaces_the_holiday_that_it_names() -> None:
    more = Holiday(
        code="new-year", zh="元旦", en="New Year's Day", first=date(2027, 1, 1), last=date(2027, 1, 4)
    )
    change = Notice(
        year=2027, number="国办发明电〔2026〕11号", dated=date(2026, 12, 1), title="样例", holidays=(more,)
    )
    changed = official().with_year(a_notice()).with_year(change)
    assert not changed.is_working_day(date(2027, 1, 4))


def test_a_calendar_has_no_gap_and_each_notice_its_day() -> None:
    with pytest.raises(ValueError, match="no gap"):
        official().with_year(a_notice(2028))
    with pytest.raises(ValueError, match="not later"):
        Calendar((a_notice(), a_notice(number="another")))
    with pytest.raises(ValueError, match="needs a notice"):
        Calendar(())


def test_the_version_names_the_content_so_that_two_contents_never_share_one() -> None:
    one = official().with_year(a_notice())
    other = Holiday(
        code="new-year", zh="元旦", en="New Year's Day", first=date(2027, 1, 1), last=date(2027, 1, 3)
    )
    two = official().with_year(a_notice().model_copy(update={"holidays": (other,)}))
    assert one.version.partition("#")[0] == two.version.partition("#")[0]
    assert one.version != two.version


def test_a_holiday_is_refused_when_its_dates_contradict_each_other() -> None:
    def holiday(first: date, last: date, *make_up: date) -> Holiday:
        return Holiday(code="x", zh="样例", en="sample", first=first, last=last, make_up=make_up)

    with pytest.raises(ValueError, match="before it begins"):
        holiday(date(2027, 1, 2), date(2027, 1, 1))
    with pytest.raises(ValueError, match="no weekend day"):
        holiday(date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 5))
    with pytest.raises(ValueError, match="at once"):
        holiday(date(2027, 1, 1), date(2027, 1, 3), date(2027, 1, 2))


# As the notices themselves number them: so many days off for each holiday in turn (放假调休，共…天; one that joins a
# weekend is one day), and how many make-up days they list.
SAID = {
    2018: (1 + 7 + 3 + 3 + 1 + 1 + 7, 6),
    2019: (3 + 7 + 1 + 4 + 1 + 1 + 7, 7),
    2020: (1 + 10 + 3 + 5 + 3 + 8, 6),
    2021: (3 + 7 + 3 + 5 + 3 + 3 + 7, 7),
    2022: (3 + 7 + 3 + 5 + 3 + 3 + 7, 7),
    2023: (3 + 7 + 1 + 5 + 3 + 8, 7),
    2024: (1 + 8 + 3 + 5 + 1 + 3 + 7, 8),
    2025: (1 + 8 + 3 + 5 + 3 + 8, 5),
    2026: (3 + 9 + 3 + 5 + 3 + 3 + 7, 6),
}


@pytest.mark.clause("GT-count")
@pytest.mark.parametrize("year", sorted(SAID))
def test_each_year_has_the_days_off_and_the_make_up_days_that_its_notices_number(year: int) -> None:
    in_force = {h.code: h for n in official().notices if n.year == year for h in n.holidays}.values()
    off = sum((h.last - h.first).days + 1 for h in in_force)
    assert (off, sum(len(h.make_up) for h in in_force)) == SAID[year]


def test_the_independent_library_covers_every_year_with_a_notice() -> None:
    for year in range(official().first_year, official().last_year + 1):
        assert chinese_calendar.is_workday(date(year, 12, 31)) in (True, False)
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(official().last_year + 1, 1, 4))


@pytest.mark.parametrize(("year", "days"), [(2020, 249), (2026, 248)])
def test_the_working_days_of_a_year_are_listed(year: int, days: int) -> None:
    listed = official().working_days(year)
    expected = [day for day in EVERY_DAY if day.year == year and chinese_calendar.is_workday(day)]
    assert listed == expected
    assert len(listed) == days
