"""The clock as a view of days: what each cell is, and the sentence for those who don't see it (GT-answer)."""

from datetime import date
from typing import Any

import pytest
from pydantic_core import from_json, to_json

from gongkai.rules.calendar import official
from gongkai.rules.clock import clock_json
from gongkai.rules.deadlines import Pause, late_days
from gongkai.rules.deadlines import deadline as count
from gongkai.rules.rulebooks import Term
from gongkai.web import ClockView, DayCell, SkippedDays, current_language, days_after, view_of_clock
from tests.unit.given import rules
from tests.unit.web.test_look import CONSOLE

RECEIVED = date(2026, 2, 9)  # before 春节; 14 and 28 February are worked


def clock(received: date = RECEIVED, *pauses: Pause) -> dict[str, Any]:
    line = count(rules().calendar, start=received, term=Term(20, "wd"), pauses=pauses)
    answer: dict[str, Any] = from_json(to_json(clock_json(line, "GT-answer")))
    return answer


def cell(view: ClockView, day: date) -> set[str]:
    found = next(c for c in view.cells if c.day == day)
    return set(found.kinds.split()) | ({"班"} if found.make_up else set())


@pytest.mark.clause("GT-count")
def test_each_day_is_what_it_is() -> None:
    view = view_of_clock(clock(), received=RECEIVED, today=date(2026, 2, 25))
    assert cell(view, RECEIVED) == {"start", "past"}
    assert cell(view, date(2026, 2, 10)) == {"counts", "past"}
    assert cell(view, date(2026, 2, 14)) == {"counts", "past", "班"}
    assert cell(view, date(2026, 2, 17)) == {"rest", "past"}
    assert cell(view, date(2026, 2, 25)) == {"counts", "past", "today"}
    assert cell(view, date(2026, 2, 28)) == {"counts", "班"}
    assert view.due is not None
    assert cell(view, view.due) == {"counts", "due"}


def test_the_sentence_says_it_all() -> None:
    view = view_of_clock(clock(), received=RECEIVED, today=date(2026, 2, 25))
    assert "2026年2月9日收到" in view.sentence
    assert "应于2026年3月13日前" in view.sentence
    assert "第7个工作日，剩余13个工作日" in view.sentence
    token = current_language.set("en")
    try:
        assert "working day 7; 13 left" in view.sentence
    finally:
        current_language.reset(token)


def test_a_late_case_goes_on_past_its_flag() -> None:
    after = [
        {"date": date(2026, 3, d), "counts": True, "n": None, "code": "working-day", "zh": "", "en": ""}
        for d in (16, 17)
    ]
    view = view_of_clock(clock(), received=RECEIVED, today=date(2026, 3, 17), after=after)
    assert cell(view, date(2026, 3, 16)) == {"counts", "past", "over"}
    assert view.late_days == 2
    assert "已超期2个工作日" in view.sentence


def test_a_long_delay_is_counted_in_full_and_drawn_in_part() -> None:
    due, today = date(2026, 3, 13), date(2026, 9, 1)
    after = days_after(official(), due, today)
    view = view_of_clock(clock(), received=RECEIVED, today=today, after=after)
    assert view.late_days == sum(bool(day["counts"]) for day in after) == late_days(official(), due, today)
    (gap,) = [c for c in view.visible if isinstance(c, SkippedDays)]
    shown = [c for c in view.visible if isinstance(c, DayCell)]
    assert gap.skipped + len(shown) == len(view.cells)
    assert shown[-1].today
    assert f"略{gap.skipped}天，其中{gap.working}个工作日" in _visible(view)


def test_on_a_day_of_rest_no_number_is_today() -> None:
    weekend = view_of_clock(clock(), received=RECEIVED, today=date(2026, 3, 1))
    assert "已过10个工作日，剩余10个工作日" in weekend.sentence
    assert view_of_clock(clock(), received=RECEIVED, today=RECEIVED).sentence.endswith(
        "答复。剩余20个工作日。"
    )
    late = view_of_clock(
        clock(),
        received=RECEIVED,
        today=date(2026, 3, 14),
        after=days_after(official(), date(2026, 3, 13), date(2026, 3, 14)),
    )
    assert late.late_days == 1


def test_an_answered_case_stands_still() -> None:
    view = view_of_clock(clock(), received=RECEIVED, today=date(2026, 3, 19), answered="2026-03-02")
    assert "answered" in cell(view, date(2026, 3, 2))
    assert "已于2026年3月2日按期答复" in view.sentence


def test_a_pause_is_hatched_with_its_reason() -> None:
    pause = Pause(date(2026, 3, 2), date(2026, 3, 4), "等待申请人补正", "correction awaited")
    view = view_of_clock(clock(RECEIVED, pause), received=RECEIVED, today=date(2026, 3, 5))
    assert cell(view, date(2026, 3, 3)) == {"paused", "past"}
    assert view.paused
    html = _visible(view)
    assert "等待申请人补正" in html
    assert "中止计算" in html


def test_an_open_pause_and_an_unknown_year_are_said_not_guessed() -> None:
    paused = view_of_clock(
        clock(RECEIVED, Pause(date(2026, 3, 2), None)), received=RECEIVED, today=date(2026, 3, 5)
    )
    assert "计时暂停中" in paused.sentence
    last = rules().calendar.last_year
    far = view_of_clock(clock(date(last, 12, 21)), received=date(last, 12, 21), today=date(last, 12, 22))
    assert f"待国务院{last + 1}年放假安排公布" in far.sentence


def test_drawn_it_is_a_list_with_a_text_for_every_day() -> None:
    view = view_of_clock(clock(), received=RECEIVED, today=date(2026, 2, 25))
    html = _visible(view)
    assert html.count('class="hidden-text">2026年') == len(view.cells)
    assert "<ol" in html
    assert "调休上班" in html
    assert html.count('<tr><th scope="row">') == len(view.cells)


def _visible(view: ClockView) -> str:
    module = CONSOLE.env.get_template("web/macros.html").module
    return str(module.clock_view(view))  # type: ignore[attr-defined]  # a macro of the template
