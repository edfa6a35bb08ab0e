"""A notice that is entered while the system runs: whole, in its year, and against nothing that is known (GT-count)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from gongkai.rules.calendar import (
    Calendar,
    Holiday,
    Notice,
    announced_holidays,
    notice_faults,
    notice_of,
    official,
    read_notices,
    with_announced,
)
from gongkai.rules.calendar.official import FOLDER
from gongkai.rules.deadlines import deadline
from gongkai.rules.rule_file import RuleFileError
from gongkai.rules.term import Term
from tests.unit.examples import holidays_announced

TODAY = date(2026, 11, 28)
WHOLE = notice_of(holidays_announced())


def changed(index: int, **changes: Any) -> Notice:
    holidays = list(WHOLE.holidays)
    holidays[index] = holidays[index].model_copy(update=changes)
    return WHOLE.model_copy(update={"holidays": tuple(holidays)})


def codes(notice: Notice, calendar: Calendar | None = None, today: date = TODAY) -> list[tuple[str, str]]:
    found = notice_faults(notice, calendar or official(), today)
    for objection in found:
        assert objection.says.zh.endswith("。")
        assert objection.says.en.endswith(".")
    return [(o.code, "/".join(map(str, o.where))) for o in found]


def test_a_whole_notice_for_the_next_year_has_nothing_against_it() -> None:
    assert codes(WHOLE) == []
    assert notice_of(holidays_announced(holidays=announced_holidays(WHOLE))) == WHOLE


def test_every_notice_that_the_state_council_ever_gave_would_have_been_taken() -> None:
    notices = official().notices
    for index in range(1, len(notices)):
        assert codes(notices[index], Calendar(notices[:index]), notices[index].dated) == []


@pytest.mark.clause("GT-count")
@pytest.mark.parametrize(
    ("notice", "found"),
    [
        (WHOLE.model_copy(update={"dated": date(2026, 11, 29)}), ("calendar.dated-ahead", "dated")),
        (WHOLE.model_copy(update={"dated": date(2025, 11, 3)}), ("calendar.dated-elsewhere", "dated")),
        (changed(0, first=date(2026, 12, 20)), ("calendar.outside-year", "holidays/0/from")),
        (changed(3, last=date(2028, 5, 5)), ("calendar.outside-year", "holidays/3/from")),
        (changed(3, last=date(2027, 5, 31)), ("calendar.too-long", "holidays/3/to")),
        (changed(3, make_up=(date(2028, 5, 6),)), ("calendar.make-up-outside-year", "holidays/3/make_up")),
        (changed(4, code="labour-day"), ("calendar.holiday-twice", "holidays/4/code")),
        (
            changed(4, first=date(2027, 5, 5), last=date(2027, 5, 6)),
            ("calendar.day-twice", "holidays/4/from"),
        ),
        (changed(4, make_up=(date(2027, 5, 8),)), ("calendar.make-up-taken", "holidays/4/make_up")),
        (changed(4, make_up=(date(2027, 10, 2),)), ("calendar.make-up-taken", "holidays/4/make_up")),
        (changed(4, zh="重阳节"), ("calendar.incomplete", "holidays")),
        (changed(3, first=date(2027, 5, 2)), ("calendar.fixed-day", "holidays")),
    ],
)
def test_a_slip_of_the_pen_is_told_with_its_place(notice: Notice, found: tuple[str, str]) -> None:
    assert found in codes(notice)


def test_no_year_is_left_out_and_no_past_year_changes() -> None:
    in_2028 = notice_of(holidays_announced(year=2028, dated=date(2026, 11, 3)))
    assert ("calendar.gap", "year") in codes(in_2028)
    again = official().notices[-2].model_copy(update={"number": "国办发明电〔2026〕10号"})
    assert again.year == 2025
    assert ("calendar.past-year", "year") in codes(again)


def test_a_year_that_went_by_without_its_notice_can_still_be_entered() -> None:
    assert codes(WHOLE, today=date(2028, 1, 10)) == []


def test_a_later_notice_changes_what_it_names_and_no_more() -> None:
    longer = Holiday(code="spring-festival", zh="春节", en="Spring Festival", first=date(2027, 2, 5),
                     last=date(2027, 2, 14), make_up=(date(2027, 1, 31),))  # fmt: skip
    change = WHOLE.model_copy(
        update={"number": "国办发明电〔2027〕1号", "dated": date(2027, 1, 26), "holidays": (longer,)}
    )
    known = official().with_year(WHOLE)
    assert codes(change, known, date(2027, 1, 26)) == []
    after = known.with_year(change)
    assert not after.is_working_day(date(2027, 2, 12))
    assert not after.is_working_day(date(2027, 2, 20))
    assert after.explain(date(2027, 5, 3)).zh == "劳动节"


@pytest.mark.parametrize("said", [{"number": "国办发明电〔2026〕99号"}, {"dated": date(2026, 11, 2)}])
def test_a_notice_entered_wrongly_is_replaced_by_its_number_or_its_day(said: dict[str, Any]) -> None:
    wrong = changed(5, first=date(2027, 9, 16), last=date(2027, 9, 16)).model_copy(update=said)
    corrected = official().with_year(wrong).with_year(WHOLE)
    assert corrected == official().with_year(WHOLE)
    assert corrected.version == official().with_year(WHOLE).version


def test_the_same_events_make_the_same_calendar_whatever_was_known_of_them() -> None:
    first, second = holidays_announced(), holidays_announced(dated=date(2026, 2, 28))
    once = with_announced(official(), (first, second))
    assert with_announced(once, (first, second)) == once
    assert with_announced(once, (first, second)).version == once.version


@pytest.mark.clause("GT-count")
@for_any(st.dates(date(2026, 11, 1), date(2027, 2, 1)), st.integers(1, 60), st.sampled_from(["wd", "d"]))
def test_the_notice_gives_the_day_and_what_is_counted_already_stays(
    start: date, days: int, unit: Any
) -> None:
    before = deadline(official(), start=start, term=Term(days, unit))
    after = deadline(official().with_year(WHOLE), start=start, term=Term(days, unit))
    if before.due is not None:
        assert after == before
    else:
        assert before.awaits == 2027
        assert after.days[: len(before.days)] == before.days
        assert after.due is not None
        assert after.due.year == 2027


# -- as a file


def test_a_notice_is_handed_in_as_the_files_are_written() -> None:
    text = (FOLDER / "2026.yaml").read_text(encoding="utf-8")
    assert read_notices(text, "x.yaml").content.notices == official().notices[-1:]


HEAD = "notices:\n- year: 2027\n  number: 一号\n  dated: 2026-11-03\n  title: 样例\n  holidays:\n"


@pytest.mark.parametrize(
    ("text", "line", "zh", "en"),
    [
        (HEAD + "  - {code: x, zh: 元旦, en: x, from: 2027-01-03, to: 2027-01-01}\n", 7, "止早于起", "before it begins"),
        (
            HEAD + "  - code: x\n    zh: 元旦\n    en: x\n    from: 2027-01-01\n    to: 2027-01-01\n"
            "    make_up: [2027-01-05]\n",
            7, "只有周末", "no weekend day",
        ),
        (HEAD + "  - {code: x, zh: 元旦, en: x, from: 2027-01-01}\n", 7, "缺少此项", "required"),
        (HEAD + "  - {code: x, zh: 元旦, en: x, from: 2027-13-41, to: 2027-01-01}\n", 7, "值不合要求", "date"),
        ("notices:\n  - year: 2027\n - x\n", 3, "不是合格的 YAML", "not well-formed"),
        ("\x00", 1, "不是合格的 YAML", "not well-formed"),
        ("[" * 5000, 1, "不是合格的 YAML", "not well-formed"),
        ("notices: []\n", 1, "值不合要求", "at least 1"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_by_line_in_both_languages(text: str, line: int, zh: str, en: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        read_notices(text, "2027.yaml")
    (fault, *_) = refused.value.faults
    assert (fault.file, fault.line) == ("2027.yaml", line), str(fault)
    assert zh in fault.says.zh
    assert en in fault.says.en


def test_every_shipped_file_is_of_one_year() -> None:
    for path in Path(FOLDER).glob("*.yaml"):
        notices = read_notices(path.read_text(encoding="utf-8"), path.name).content.notices
        assert {str(notice.year) for notice in notices} == {path.stem}
