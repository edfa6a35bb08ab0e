"""The projection of score items (SC-4.1): one row for each change of a score, written once."""

from gongkai.console.projection import Columns, Fold, TableProjection
from gongkai.contracts.envelope import Record
from gongkai.contracts.events import ScoreChanged


def _scored(event: ScoreChanged, record: Record) -> Columns:
    return {
        "event_id": record.id,
        "unit": event.unit,
        "year": event.year,
        "indicator": event.indicator,
        "case_of": event.case,
        "points": event.points,
        "clause": event.clause,
        "reason": event.reason,
        "evidence": [ref.id for ref in event.evidence],
        "at": event.at,
    }


SCORE_ITEMS = TableProjection(
    "console.score_item",
    ("score_item",),
    {ScoreChanged: Fold("score_item", ("event_id",), None, _scored)},
)
