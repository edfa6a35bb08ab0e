"""考核: what moved a score, with the evidence under it."""

from gongkai.contracts.events._event import AuditSentence, Event, EventRef, Id, Line, RecordedClause, event
from gongkai.contracts.events._words import points_in_words
from gongkai.contracts.vocabulary import Indicator


@event(1, "scoring", zh="考核记分", en="Score changed", basis=RecordedClause("clause"))
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

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"{self.year}年度考核{points_in_words(self.points)}分：{self.indicator.zh}",
            f"Score of {self.year} changed by {points_in_words(self.points)}: {self.indicator.en}",
            self.reason,
            "late" if self.points < 0 else "done",
        )
