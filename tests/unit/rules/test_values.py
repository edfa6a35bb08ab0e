"""What holds for every value of a rulebook: it says itself in both languages, and none is looser than the law."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from gongkai.rules.requirements import requirements
from gongkai.rules.rulebooks import (
    BODIES,
    QUESTIONS,
    ChoiceRule,
    LeastRule,
    Term,
    TermRule,
    UnknownRulebook,
    Value,
    load,
    named,
    shipped,
)
from gongkai.rules.rulebooks.titles import title

TODAY = date(2026, 3, 2)
EVERYWHERE = ("cn", "sc", "cx", "wy", "hz", "ls")


# -- as a whole


@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
@pytest.mark.parametrize("on", [date(2019, 5, 15), date(2021, 8, 4), date(2024, 1, 1), TODAY])
def test_since_order_711_every_question_is_answered_everywhere(jurisdiction: str, on: date) -> None:
    assert set(load(jurisdiction, on).choices) == set(QUESTIONS)


@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
def test_every_value_says_itself_in_both_languages(jurisdiction: str) -> None:
    for name, found in load(jurisdiction, TODAY).entries():
        shown = found.shown()
        assert shown["zh"], name
        assert any("\u4e00" <= c <= "\u9fff" for c in shown["zh"]), name
        assert shown["en"].isascii() or "→" in shown["en"], name
        assert found.clause in requirements()


def test_every_value_has_its_name_in_both_languages() -> None:
    for jurisdiction in EVERYWHERE:
        for name, _ in load(jurisdiction, TODAY).entries():
            zh, en = title(name)
            assert zh != name, name
            assert en.isascii(), name


def test_every_code_has_its_words() -> None:
    for question in QUESTIONS.values():
        assert all(option.zh and option.en for option in question.options.values())
    assert all(zh and en for zh, en in BODIES.values())


@pytest.mark.clause("GT-since")
@pytest.mark.parametrize(
    "version", ["sc@2020-06-30+cn@2019-05-15", "cn@2008-05-01", "wy@2023-11-13+cn@2024-01-01"]
)
def test_a_rulebook_that_an_event_names_is_the_very_one(version: str) -> None:
    assert named(version).version == version


@pytest.mark.parametrize(
    "version", ["", "sc@2020-06-30", "sc@2020-06-29+cn@2019-05-15", "xx@2020-06-30+cn@2019-05-15"]
)
def test_a_rulebook_that_never_was_is_refused(version: str) -> None:
    with pytest.raises(UnknownRulebook, match="no rulebook"):
        named(version)


# -- tighten, never loosen

TERMS = st.builds(Term, st.integers(1, 400), st.sampled_from(["wd", "d", "m"]))


def term_rule(term: Term, **more: Any) -> TermRule:
    return TermRule.model_validate({"term": str(term), "clause": "GT-answer", **more})


@pytest.mark.clause("GT-since")
@for_any(TERMS, TERMS)
def test_of_two_terms_an_overlay_may_have_the_one_that_surely_ends_first(one: Term, other: Term) -> None:
    assert not term_rule(one).looser_than(term_rule(one))
    if term_rule(one).looser_than(term_rule(other)) is False and one != other:
        assert term_rule(other).looser_than(term_rule(one))


@for_any(TERMS, TERMS, TERMS)
def test_no_chain_of_tightenings_loosens(one: Term, other: Term, third: Term) -> None:
    if not one.longer_than(other) and not other.longer_than(third):
        assert not one.longer_than(third)


@for_any(TERMS, TERMS)
def test_the_applicants_own_time_is_nobodys_to_change(one: Term, law: Term) -> None:
    assert term_rule(one).looser_than(term_rule(law, applicant=True)) is (one != law)


@for_any(TERMS, TERMS)
def test_what_must_be_open_long_enough_is_tightened_by_making_it_longer(one: Term, law: Term) -> None:
    rules = [LeastRule.model_validate({"least": str(t), "clause": "WY-I.7"}) for t in (one, law)]
    assert rules[0].looser_than(rules[1]) is law.longer_than(one)


@for_any(st.data())
def test_an_answer_that_asks_less_than_the_law_is_refused(data: Any) -> None:
    question = data.draw(st.sampled_from(sorted(QUESTIONS)))
    options = QUESTIONS[question].options
    one, law = (data.draw(st.sampled_from(sorted(options))) for _ in range(2))
    rules: list[ChoiceRule] = []
    for code in (one, law):
        rule = ChoiceRule(choice=code, clause="GT-assess")
        rule._question = question
        rules.append(rule)
    if QUESTIONS[question].fixed:
        assert rules[0].looser_than(rules[1]) is (one != law)
    else:
        assert rules[0].looser_than(rules[1]) is (options[one].rank > options[law].rank)


@pytest.mark.parametrize("jurisdiction", EVERYWHERE)
def test_no_shipped_value_is_looser_than_the_laws_own_words(jurisdiction: str) -> None:
    law: dict[str, Value] = dict(load("cn", TODAY).entries())
    for name, found in load(jurisdiction, TODAY).entries():
        if name in law:
            assert not found.looser_than(law[name]), name
    assert shipped().check() == []
