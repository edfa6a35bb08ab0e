"""Every code has a name in both languages and a clause that it comes from."""

import re

import pytest

from gongkai.contracts import vocabulary
from gongkai.contracts.vocabulary import CodedTerm
from tests.unit.given import CHINESE, CLAUSE

TERMS = [
    each
    for each in vars(vocabulary).values()
    if isinstance(each, type) and issubclass(each, CodedTerm) and each is not CodedTerm
]


@pytest.mark.clause("CX-2", "GT-kinds", "WY-B.9")
@pytest.mark.parametrize("terms", TERMS)
def test_every_term_has_its_names_and_its_clause(terms: type[CodedTerm]) -> None:
    assert len(list(terms)) > 1
    for term in terms:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", term)
        assert CHINESE.search(term.zh)
        assert re.search(r"[a-z]", term.en)
        assert not CHINESE.search(term.en)
        assert CLAUSE.match(term.clause)
        assert terms(str(term)) is term


@pytest.mark.parametrize("terms", TERMS)
def test_no_two_terms_of_a_kind_share_a_name(terms: type[CodedTerm]) -> None:
    for names in ({t.zh for t in terms}, {t.en for t in terms}):
        assert len(names) == len(list(terms))
