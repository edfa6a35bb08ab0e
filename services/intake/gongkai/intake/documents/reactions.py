"""A permitted version is handed over to publishing, if it is the newest (WY-B.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import SYSTEM, DocumentDrafted, Event, EventRef, ReleasePermitted, decode_if
from gongkai.contracts.streams import document_stream
from gongkai.intake.documents import aggregate as document
from gongkai.intake.documents.stream import DOCUMENT
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent, NotAfter, Reading
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.streams import GuardedReader
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies


class Handovers:
    """Hands over every version that is permitted to go out, or says why not."""

    name = "handover"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        permit = decode_if(what.record, ReleasePermitted)
        if permit is None:
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, permit.unit, now)
        stream, ref = document_stream(permit.document), EventRef.of(what.place.log, what.record)

        async def hand_over(state: document.State, reader: GuardedReader) -> Sequence[Event]:
            drafts = [r for r in await reader.records(stream) if r.name == DocumentDrafted.NAME]
            cmd = document.HandOver(permit, ref, drafts[-1].id, SYSTEM)
            return document.hand_over(state, cmd, rules, now)

        return [
            Intent(
                derived_id(what.record.id, "handover"),
                stream,
                DOCUMENT,
                Reading(hand_over),
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
                not_after=NotAfter(
                    permit.expires,
                    partial(
                        document.hand_over,
                        cmd=document.HandOver(permit, ref, None, SYSTEM),
                        rules=rules,
                        now=now,
                    ),
                ),
            )
        ]
