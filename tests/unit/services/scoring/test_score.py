"""政务公开考核: lateness lowers the score, once a case, with its evidence."""

from datetime import date
from typing import Any

import pytest

from gongkai.contracts.events import Event, ScoreChanged
from gongkai.contracts.vocabulary import Indicator
from gongkai.scoring.scores.aggregate import Change, Score, moved_by
from tests.unit.examples import (
    APPLICATION,
    CONSULTATION,
    a_consultation_lapsed,
    a_document_published,
    a_ref,
    a_score_changed,
    an_application_answered,
    an_application_overdue,
)
from tests.unit.given import at, fold, given, rules

OVERDUE = a_ref(3, "intake", "gongkai.ApplicationOverdue.v1")
LATE = at("2026-03-31", 0)


def change(**changes: Any) -> Change:
    fields: dict[str, Any] = {
        "unit": "education",
        "year": 2026,
        "indicator": Indicator.APPLICATION_LATE,
        "case": f"application-{APPLICATION}",
        "evidence": (OVERDUE,),
        "by": "system",
    }
    return Change(**fields | changes)


@pytest.mark.clause("GT-answer", "GT-assess")
def test_a_late_case_costs_the_points_that_the_rulebook_says() -> None:
    rule = rules().book.points(Indicator.APPLICATION_LATE)
    assert rule.points < 0
    given().when(change(), LATE).then(
        a_score_changed(points=rule.points, clause=rule.clause, reason=rule.reason_zh)
    )


@pytest.mark.clause("GT-answer")
def test_a_case_counts_once_whatever_happens_in_it_later() -> None:
    answered = a_ref(4, "intake", "gongkai.ApplicationAnswered.v1")
    given(a_score_changed()).when(change(evidence=(answered,)), at("2026-04-02")).then_nothing()


@pytest.mark.clause("GT-answer", "SC-3.3")
def test_another_case_or_another_indicator_counts_again() -> None:
    story = (
        given(a_score_changed(points=-200))
        .when(change(case="application-app-2"))
        .then_one(ScoreChanged, case="application-app-2")
        .when(change(indicator=Indicator.CONSULTATION_SILENT))
        .then_one(ScoreChanged, indicator=Indicator.CONSULTATION_SILENT)
    )
    score: Score = fold(Change, story.history)
    assert len(score.counted) == 3
    assert score.points == sum(event.points for event in story.history if isinstance(event, ScoreChanged))


def test_no_score_moves_without_evidence() -> None:
    with pytest.raises(ValueError, match="no evidence"):
        given().when(change(evidence=()))


@pytest.mark.clause("GT-answer")
@pytest.mark.parametrize(
    "event",
    [an_application_overdue(), an_application_answered(answered_on=date(2026, 4, 1), late_days=2)],
)
def test_an_application_that_is_overdue_or_answered_late_moves_its_units_score(event: Event) -> None:
    assert moved_by(event, OVERDUE) == change()


@pytest.mark.clause("GT-answer")
def test_the_case_belongs_to_the_year_of_its_due_day() -> None:
    december = date(2026, 12, 30)
    overdue = moved_by(an_application_overdue(due=december), OVERDUE)
    answered = moved_by(
        an_application_answered(due=december, answered_on=date(2027, 1, 6), late_days=4), OVERDUE
    )
    assert overdue is not None
    assert overdue.year == 2026
    assert overdue == answered


@pytest.mark.clause("SC-3.3")
def test_silence_moves_the_score_of_the_unit_that_was_asked() -> None:
    assert moved_by(a_consultation_lapsed(), OVERDUE) == change(
        unit="finance", indicator=Indicator.CONSULTATION_SILENT, case=f"consultation-{CONSULTATION}"
    )


@pytest.mark.parametrize(
    "event",
    [
        an_application_answered(),
        an_application_answered(due=None, answered_on=date(2027, 3, 9)),
        a_document_published(),
    ],
)
def test_what_is_in_time_or_has_no_due_day_moves_nothing(event: Event) -> None:
    assert moved_by(event, OVERDUE) is None
