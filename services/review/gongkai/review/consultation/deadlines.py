"""征求意见期限: when a unit's time to answer is up, its silence becomes a fact, read by the rulebook (SC-3.3, SC-A1.4c)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from gongkai.contracts.events import (
    SYSTEM,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    DocumentDrafted,
    Event,
    decode,
)
from gongkai.contracts.streams import document_stream
from gongkai.ledger import read
from gongkai.ledger.acts_since import Since
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.consultation.stream import CONSULTATION
from gongkai.rules import Rules
from gongkai.runtime.deadlines import AggregateDeadlines, TimedCommand
from gongkai.runtime.service import DecidingDependencies, Dependencies
from gongkai.runtime.topology import log_for


def _due(request: ConsultationRequested, rules: Rules) -> date | None:
    return consultation.clock(consultation.Asked(request), rules).due


def _lapse(state: consultation.State, rules: Rules, now: datetime) -> Sequence[Event]:
    return consultation.lapse(state, consultation.Lapse(by=SYSTEM), rules, now)


async def _text_is_newest(deps: Dependencies, stream: str) -> bool:
    """False when the text that was asked about has been replaced: silence about what nobody wants to publish is no
    fault (SC-3.3). If that text comes back, the unit is asked again, and a new timer is set.

    By intake's own log: a timer may be quicker than Kafka."""
    state = CONSULTATION.fold(await read.stream(deps.pool, log_for("review"), stream))
    if state is None:
        return True
    document = document_stream(state.request.document)
    entries = await read.stream(deps.pool, log_for("intake"), document)
    drafts = [e for entry in entries if isinstance(e := decode(entry.record), DocumentDrafted)]
    return not drafts or drafts[-1].digest == state.request.digest


SILENCE: Final = TimedCommand(
    kind="consultation-silence",
    aggregate=CONSULTATION,
    opened_by=ConsultationRequested,
    settled_by=(ConsultationAnswered, ConsultationLapsed),
    due=_due,
    opening=lambda state: state.request,
    decide=_lapse,
    since=Since.FIRST_EVENT,
    wanted=_text_is_newest,
)


def deadlines(deps: DecidingDependencies) -> AggregateDeadlines:
    return AggregateDeadlines(deps, SILENCE)
