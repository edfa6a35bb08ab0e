"""Clauses are named in the words of those who apply them, in both languages."""

import pytest

from gongkai.rules.requirements import requirements
from gongkai.web import current_language
from gongkai.web.law import SHORT, law, source

NAMED = [
    ("GT-answer", "条例第三十三条", "Regulation, art. 33"),
    ("GT-kinds", "条例第三十六条至第三十九条", "Regulation, art. 36 to art. 39"),
    ("GT-supervise", "条例第四十七条第一款", "Regulation, art. 47 para. 1"),
    ("CX-6", "楚雄制度第六条", "Chuxiong rules, art. 6"),
    ("SC-A1.4c", "上城制度附1第四条（3）", "Shangcheng rules, annex 1 art. 4(3)"),
]


@pytest.mark.parametrize(("clause", "zh", "en"), NAMED)
def test_a_clause_has_a_name_in_both_languages(clause: str, zh: str, en: str) -> None:
    assert law(clause) == zh
    token = current_language.set("en")
    try:
        assert law(clause) == en
    finally:
        current_language.reset(token)


def test_every_clause_of_the_list_has_one() -> None:
    assert {clause.partition("-")[0] for clause in requirements()} == set(SHORT)
    assert not any(clause in law(clause) for clause in requirements())
    assert all(source(clause).startswith(clause) for clause in requirements())


def test_what_is_in_no_list_is_shown_as_it_is() -> None:
    assert law("XX-1") == source("XX-1") == "XX-1"
    assert law(None) == source(None) == ""


def test_the_full_name_says_regulation_system_and_place() -> None:
    assert source("WY-B.3").endswith("《政府信息公开保密审查制度》第三条")
    assert source("GT-count").startswith("GT-count 行政复议法第八十八条")
