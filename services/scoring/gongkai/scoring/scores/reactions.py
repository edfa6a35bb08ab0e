"""What lateness makes this service do: move the unit's score, once a case, with the evidence (GT-answer, SC-3.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import EventRef, decode
from gongkai.contracts.streams import score_stream
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.scoring.scores import aggregate as score
from gongkai.scoring.scores.stream import SCORE


class Lateness:
    """Moves the score of the unit that was late."""

    name = "lateness"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        event = decode(what.record)
        change = score.moved_by(event, EventRef.of(what.place.log, what.record))
        if change is None:
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, change.unit, event.at)
        case = derived_id(
            NAMESPACE_URL, f"gongkai:score/{change.unit}/{change.year}/{change.indicator}/{change.case}"
        )
        return [
            Intent(
                case,  # one case counts once, whichever of its events says so first
                score_stream(change.unit, change.year),
                SCORE,
                partial(score.change, cmd=change, rules=rules, now=now),
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
            )
        ]
