"""考核: what moved a score, with the evidence under it."""

from gongkai.contracts.events._event import Event, EventRef, Id, Line, event
from gongkai.contracts.vocabulary import Indicator


@event(1, "scoring")
class ScoreChanged(Event):
    """A unit's score of a year moved by `points` for one case, once (GT-assess). The evidence is what moved it."""

    unit: Id
    year: int
    indicator: Indicator
    case: Line  # the stream that it happened in: one case counts once
    points: int  # hundredths of a point; negative = deduction
    clause: Line
    reason: Line
    evidence: tuple[EventRef, ...]
    rulebook: Line
