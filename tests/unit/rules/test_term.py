"""期限: how a term is written and said, and which of two surely ends first."""

import pytest

from gongkai.rules.term import Term


def wd(days: int) -> Term:
    return Term(days, "wd")


def d(days: int) -> Term:
    return Term(days, "d")


def test_a_term_reads_as_it_is_written() -> None:
    assert (str(wd(20)), wd(20).zh, wd(20).en) == ("20 wd", "20个工作日", "20 working days")
    assert (str(d(1)), d(1).zh, d(1).en) == ("1 d", "1日", "1 calendar day")
    with pytest.raises(ValueError, match="at least one day"):
        wd(0)


@pytest.mark.parametrize(
    ("term", "law", "longer"),
    [
        (wd(20), wd(20), False),
        (wd(21), wd(20), True),
        (d(20), wd(20), False),
        (d(21), wd(20), True),  # nobody can be sure
        (d(10), d(10), False),
        (wd(1), d(10), True),  # a week of holidays may lie between
    ],
)
def test_one_term_is_longer_than_another_unless_it_surely_ends_no_later(
    term: Term, law: Term, longer: bool
) -> None:
    assert term.longer_than(law) is longer
