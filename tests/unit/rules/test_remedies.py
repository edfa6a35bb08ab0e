"""救济: reconsideration first or the choice, by the kind of answer and the day it was decided (GT-remedy)."""

from datetime import date

import pytest

from gongkai.contracts.vocabulary import AnswerKind
from gongkai.rules.remedies import remedy
from gongkai.rules.rulebooks import load

FIRST, CHOICE = "先申请行政复议", "也可以自知道之日起6个月内直接向人民法院起诉"
TODAY = date(2026, 3, 2)


@pytest.mark.clause("GT-remedy")
@pytest.mark.parametrize(
    ("on", "kind", "says"),
    [
        (date(2023, 12, 31), AnswerKind.WITHHELD, CHOICE),
        (date(2024, 1, 1), AnswerKind.WITHHELD, FIRST),
        (TODAY, AnswerKind.WITHHELD, FIRST),
        (TODAY, AnswerKind.PARTLY_DISCLOSED, FIRST),
        (TODAY, None, FIRST),
        (TODAY, AnswerKind.NOT_HELD, CHOICE),
        (TODAY, AnswerKind.NOT_OURS, CHOICE),
        (TODAY, AnswerKind.REPEATED, CHOICE),
        (TODAY, AnswerKind.OTHER_LAW, CHOICE),
    ],
)
def test_a_refusal_goes_to_reconsideration_first_and_other_answers_leave_the_choice(
    on: date, kind: AnswerKind | None, says: str
) -> None:
    found = remedy(load("wy", on), kind)
    assert found is not None
    assert says in found.zh
    assert "60日内" in found.zh
    assert ("逾期不答复" in found.zh) is (kind is None)
    assert found.en.endswith(".")
    assert found.clause == "GT-remedy"


def test_a_refusal_names_its_article_and_the_terms_of_both_steps() -> None:
    found = remedy(load("cn", TODAY), AnswerKind.WITHHELD)
    assert found is not None
    assert found.zh == (
        "不服本答复的，应当自知道之日起60日内先申请行政复议；不服复议决定的，自收到复议决定书之日起15日内向人民法院起诉。"
    )
    assert "within 60 calendar days" in found.en
    assert "法释〔2025〕8号" in str(found.article)


def test_under_order_492_no_rulebook_states_a_remedy() -> None:
    assert remedy(load("cn", date(2019, 5, 14)), AnswerKind.WITHHELD) is None
