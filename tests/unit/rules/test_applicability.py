"""Which rulebook binds a unit: its vertical line first, then its place; institutions by reference or by their sector."""

import pytest

from gongkai.contracts.vocabulary import UnitKind
from gongkai.rules.applicability import ApplicableRulebook, applicable_rulebook


@pytest.mark.clause("GT-scope")
def test_a_unit_follows_the_rules_of_its_place() -> None:
    assert applicable_rulebook(UnitKind.DEPARTMENT, "sc") == ApplicableRulebook("sc", "GT-scope")


@pytest.mark.clause("WY-H.11")
def test_a_unit_that_its_superior_manages_follows_that_superiors_rules() -> None:
    assert applicable_rulebook(UnitKind.DEPARTMENT, "wy", ["cn", "hz"]) == ApplicableRulebook("cn", "WY-H.11")


@pytest.mark.clause("GT-scope", "LS-16", "WY-D.3")
@pytest.mark.parametrize(("own", "clause"), [("ls", "LS-16"), ("wy", "WY-D.3"), ("sc", "GT-scope")])
def test_public_institutions_follow_their_sector_and_here_and_there_the_same_rules(
    own: str, clause: str
) -> None:
    assert applicable_rulebook(UnitKind.INSTITUTION, own) == ApplicableRulebook(own, clause, sector=True)
