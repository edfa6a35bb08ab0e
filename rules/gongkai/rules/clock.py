"""The clock of a case as JSON: what intake's API answers with and pages draw."""

from typing import Any

from gongkai.rules.deadlines import Deadline


def clock_json(deadline: Deadline, clause: str) -> dict[str, Any]:
    """Days, `due` and `left` of a deadline. `term` is in the unit of the clause's term; dates are not serialised yet."""
    return {
        "due": deadline.due,
        "left": deadline.left,
        "awaits": deadline.awaits,
        "term": deadline.term.days,
        "clause": clause,
        "days": [
            {
                "date": day.date,
                "counts": day.counts,
                "n": day.n,
                "code": day.reason.code,
                "zh": day.reason.zh,
                "en": day.reason.en,
            }
            for day in deadline.days
        ],
    }
