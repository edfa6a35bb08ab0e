"""A draft asks the units that it touches, or that release is coordinated with (SC-3.3, SC-A1.4c)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import SYSTEM, DocumentDrafted, EventRef, decode, decode_if
from gongkai.contracts.streams import consultation_id, consultation_stream
from gongkai.ledger import read
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.consultation.stream import CONSULTATION
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for


class ConsultationRequests:
    """Sends the letters of consultation that a draft asks for."""

    name = "consultation"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        draft = decode_if(what.record, DocumentDrafted)
        if draft is None or not draft.consult:
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, draft.unit, draft.at)
        returned = await _replaces_another_text(conn, what, draft)
        intents: list[Intent[Any]] = []
        for need in draft.consult:
            letter = consultation_id(draft.document, draft.digest, need.unit, need.kind)
            cmd = consultation.Request(
                consultation=letter,
                document=draft.document,
                digest=draft.digest,
                title=draft.title,
                unit=draft.unit,
                asked=need.unit,
                kind=need.kind,
                matters=need.matters,
                opinion=need.opinion,
                draft=EventRef.of(what.place.log, what.record),
                returned=returned,
                by=SYSTEM,
            )
            intents.append(
                Intent(
                    derived_id(what.record.id, f"consultation/{letter}"),
                    consultation_stream(letter),
                    CONSULTATION,
                    partial(consultation.request, cmd=cmd, rules=rules, now=now),
                    cause=what.place,
                    registerat=self._deps.replica.place(),
                    trace=what.trace,
                )
            )
        return intents


async def _replaces_another_text(conn: Connection, what: Delivered, draft: DocumentDrafted) -> bool:
    """True when the draft before this one had another text."""
    stream = await read.stream(conn, log_for("intake"), what.record.subject)
    earlier = [
        event
        for entry in stream
        if entry.version < what.record.streamversion
        and isinstance(event := decode(entry.record), DocumentDrafted)
    ]
    return bool(earlier) and earlier[-1].digest != draft.digest
