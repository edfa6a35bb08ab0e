"""Pairs find what a text has, in whatever width and case it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal.catalogue.search import MAX_VECTOR, lexemes, marked, normalised, pairs, question_of

TEXT = st.text(alphabet="政务公开保密审查条例第十〔2026〕号AbcＡ１ 　\n，。%_'\\", max_size=60)


def _holds(lexeme: str, words: list[str]) -> bool:
    """What PostgreSQL's @@ does with one quoted lexeme."""
    bare, _, prefix = lexeme.strip().partition(":")
    bare = bare.strip("'")
    return any(word.startswith(bare) for word in words) if prefix else bare in words


@pytest.mark.clause("GT-portal")
@given(TEXT, st.integers(0, 59), st.integers(1, 8))
def test_whatever_stands_in_a_text_finds_it(text: str, start: int, length: int) -> None:
    words = lexemes([normalised(text)])
    question = question_of(text[start : start + length])
    wanted = question.tsquery.split(" & ") if question else []
    assert all(_holds(lexeme, words) for lexeme in wanted)
    assert all(term in normalised(text) for term in question.terms)


@given(TEXT)
def test_no_lexeme_needs_an_escape(text: str) -> None:
    assert not any(set("'\\ &|!():*") & set(pair) for pair in pairs(normalised(text)))


def test_pairs_of_a_run_and_its_last_character() -> None:
    assert list(pairs("公开法")) == ["公开", "开法", "法"]


def test_width_case_and_line_breaks_make_no_difference() -> None:
    assert normalised("ＧＢ／Ｔ 9704\n公\u3000开") == normalised("gb/t9704公开")


def test_a_single_character_asks_for_pairs_that_begin_with_it() -> None:
    assert question_of("公").tsquery == "'公':*"


def test_only_what_pairs_cannot_decide_is_rechecked() -> None:
    assert question_of("公开 政务公开 〔2026〕").likes == ("%政务公开%", "%〔2026〕%")
    assert question_of("100%增").likes == (r"%100\%增%",)


def test_terms_without_letter_or_digit_ask_nothing() -> None:
    assert not question_of("〔〕 % ——")


def test_a_text_too_long_for_the_index_is_indexed_as_far_as_it_goes() -> None:
    huge = "".join(chr(0x4E00 + n % 20_000) + chr(0x4E00 + n * 7 % 20_000) for n in range(200_000))
    words = lexemes([huge])
    assert sum(len(word.encode()) + 8 for word in words) <= MAX_VECTOR
    assert huge[:2] in words


def test_hits_are_marked_and_nothing_is_lost() -> None:
    question = question_of("公开 gb")
    pieces = marked("政务公开与GB标准", question)
    assert [piece for piece, hit in pieces if hit] == ["公开", "GB"]
    assert "".join(piece for piece, _ in pieces) == "政务公开与GB标准"


def test_what_looks_like_a_pattern_is_none() -> None:
    assert marked("甲.乙", question_of("甲.")) == [("甲.", True), ("乙", False)]
