"""征求意见期限: when a unit's time to answer is up, its silence becomes a fact, read by the rulebook (SC-3.3, SC-A1.4c)."""

from collections.abc import Sequence
from datetime import datetime

from gongkai.contracts.events import (
    SYSTEM,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    DocumentDrafted,
    Event,
    decode,
)
from gongkai.ledger import read, timers
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.timers import Due
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.streams import CONSULTATION, consultation_stream, document_stream
from gongkai.rules.moment import end_of
from gongkai.runtime.commands import basis, rules_at, rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

SILENCE = "consultation-silence"


_FOLDED = {event.NAME for event in (ConsultationRequested, ConsultationAnswered, ConsultationLapsed)}


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
                case ConsultationRequested() as request:
                    await self._deps.replica.at_least(what.record.registerat)
                    rules = await rules_for(self._deps.replica, request.unit, request.at)
                    due = consultation.clock(consultation.Asked(request), rules).due
                    if due is not None:
                        await timers.put(conn, Due(SILENCE, what.record.subject, end_of(due)))
                case ConsultationAnswered() | ConsultationLapsed() as settled:
                    await timers.drop(conn, SILENCE, consultation_stream(settled.consultation))

    async def issue(self, due: Due, now: datetime) -> None:
        """What a timer's command does: nothing, when the answer was quicker, or when the text that was asked about has
        been replaced. Silence about what nobody wants to publish is no fault (SC-3.3); if that text comes back, the
        unit is asked again, and a new timer is set."""
        asked = CONSULTATION.fold(await read.stream(self._deps.pool, log_for("review"), due.stream))
        if asked is not None and not await self._is_newest(asked.request):
            return
        await self._deps.replica.sync()

        def decide(state: consultation.State) -> list[Event]:
            assert state is not None
            rules = rules_at(self._deps.replica, state.request.unit, state.request.at)
            return consultation.lapse(state, consultation.Lapse(by=SYSTEM), rules, now)

        await self._deps.carry_out(Intent(due.command, due.stream, CONSULTATION, decide), now)

    async def _is_newest(self, request: ConsultationRequested) -> bool:
        """By intake's own log: a timer may be quicker than Kafka."""
        entries = await read.stream(self._deps.pool, log_for("intake"), document_stream(request.document))
        drafts = [e for entry in entries if isinstance(e := decode(entry.record), DocumentDrafted)]
        return not drafts or drafts[-1].digest == request.digest
