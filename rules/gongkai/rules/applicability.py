"""适用范围: which rulebook applies to a unit, by superiors, kind and jurisdiction (GT-scope, WY-H.11, LS-16, WY-D.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.contracts.clauses import ClauseId, clause
from gongkai.contracts.vocabulary import UnitKind

BY_REFERENCE = {
    "ls": "LS-16",
    "wy": "WY-D.3",
}  # where public enterprises and institutions follow the same rules


@dataclass(frozen=True, slots=True)
class ApplicableRulebook:
    """The jurisdiction whose rulebook binds the unit, and the clause that says so.

    `sector`: a public enterprise or institution whose sector's rules come first (条例第五十五条): nobody applies to it
    under the Regulation, and a complaint goes to its competent department.
    """

    jurisdiction: str
    clause: ClauseId
    sector: bool = False


@clause("GT-scope", "WY-H.11", "LS-16", "WY-D.3")
def applicable_rulebook(kind: UnitKind, own: str, line: Sequence[str] = ()) -> ApplicableRulebook:
    """`own`: the jurisdiction that the unit lies in; `line`: those of the units above it over the vertical line, the
    nearest first. A unit that its superior department manages follows that superior's rules."""
    if line:
        return ApplicableRulebook(line[0], "WY-H.11", kind is UnitKind.INSTITUTION)
    if kind is UnitKind.INSTITUTION:
        return ApplicableRulebook(own, BY_REFERENCE.get(own, "GT-scope"), sector=True)
    return ApplicableRulebook(own, "GT-scope")
