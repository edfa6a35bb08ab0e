"""A completed sign-off lets the proposed answer go out, if it is still the one that was signed (CX-17e)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import Event, EventRef, SignOffCompleted, decode_if
from gongkai.intake.answers import aggregate as answers
from gongkai.intake.answers.stream import ANSWER
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.runtime.commands import rules_at
from gongkai.runtime.service import Dependencies


class Dispatches:
    """Decides on the application's own stream: withdrawn or replaced before this, nothing goes out."""

    name = "dispatch"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        done = decode_if(what.record, SignOffCompleted)
        if done is None or not done.case.startswith("application-"):
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        cmd = answers.Dispatch(
            proposal=done.subject,
            digest=done.digest,
            sign_off=EventRef.of(what.place.log, what.record),
            by=done.approvals[-1].by,
        )

        def decide(state: answers.State) -> Sequence[Event]:
            assert state is not None, f"{done.case} was signed and isn't there"
            rules = rules_at(self._deps.replica, state.received.unit, state.received.at)
            return answers.dispatch(state, cmd, rules, now)

        return [
            Intent(
                derived_id(what.record.id, "dispatch"),
                done.case,
                ANSWER,
                decide,
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
            )
        ]
