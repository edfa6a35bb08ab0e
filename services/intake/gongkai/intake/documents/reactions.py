"""A permitted version is handed over to publishing, if it is the newest (WY-B.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import SYSTEM, DocumentDrafted, EventRef, ReleasePermitted, decode_if
from gongkai.contracts.streams import document_stream
from gongkai.intake.documents import aggregate as document
from gongkai.intake.documents.stream import DOCUMENT
from gongkai.ledger import read
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for


class Handovers:
    """Hands over every version that is permitted to go out, or says why not."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        permit = decode_if(what.record, ReleasePermitted)
        if permit is None:
            return ()
        stream = document_stream(permit.document)
        entries = await read.stream(conn, log_for("intake"), stream)
        newest = next(e for e in reversed(entries) if e.record.name == DocumentDrafted.NAME)
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, permit.unit, now)
        cmd = document.HandOver(permit, EventRef.of(what.place.log, what.record), newest.event_id, SYSTEM)
        return [
            Intent(
                derived_id(what.record.id, "handover"),
                stream,
                DOCUMENT,
                partial(document.hand_over, cmd=cmd, rules=rules, now=now),
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
                guards=((stream, len(entries)),),  # nothing has come after the newest
                not_after=permit.expires if now <= permit.expires else None,
            )
        ]
