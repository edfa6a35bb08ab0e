"""办理期限: when an application's time is up, its lateness becomes a fact (GT-answer)."""

from collections.abc import Sequence
from datetime import date, datetime

from gongkai.contracts.events import (
    SYSTEM,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    Event,
    decode,
)
from gongkai.intake.applications import aggregate as application
from gongkai.intake.streams import APPLICATION, application_stream
from gongkai.ledger import timers
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.timers import Due
from gongkai.rules import Rules
from gongkai.rules.deadlines import BeforeNotices
from gongkai.rules.moment import end_of
from gongkai.runtime.commands import basis, rules_at, rules_for
from gongkai.runtime.service import Dependencies

OVERDUE = "application-overdue"


_FOLDED = {event.NAME for event in (ApplicationReceived, ApplicationAnswered, ApplicationOverdue)}


def _due(state: application.Open, rules: Rules) -> date | None:
    try:
        return application.clock(state, rules).due
    except BeforeNotices:
        return None  # on record since before such a day of receipt was refused: nothing can fall due


class Deadlines:
    """Folds due moments from this service's own events, and says what is due to the aggregate."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    @property
    def basis(self) -> str:
        return basis(self._deps.replica.calendar)

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        mine = [what for what in batch if what.record.name in _FOLDED]
        if mine and await timers.computed_with(conn) != self.basis:
            await self._deps.replica.sync()  # another process may know of a notice that this one doesn't yet
        for what in mine:
            match decode(what.record):
                case ApplicationReceived() as received:
                    await self._deps.replica.at_least(what.record.registerat)
                    rules = await rules_for(self._deps.replica, received.unit, received.at)
                    due = _due(application.Open(received), rules)
                    if due is not None:
                        await timers.put(conn, Due(OVERDUE, what.record.subject, end_of(due)))
                case ApplicationAnswered() | ApplicationOverdue() as settled:
                    await timers.drop(conn, OVERDUE, application_stream(settled.application))

    async def issue(self, due: Due, now: datetime) -> None:
        """What a timer's command does: nothing, when the answer was quicker."""

        def decide(state: application.State) -> list[Event]:
            assert state is not None
            rules = rules_at(self._deps.replica, state.received.unit, state.received.at)
            return application.declare_overdue(state, application.DeclareOverdue(by=SYSTEM), rules, now)

        await self._deps.replica.sync()
        await self._deps.carry_out(Intent(due.command, due.stream, APPLICATION, decide), now)
