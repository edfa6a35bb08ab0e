"""A draft asks for the secrecy review of exactly its version (WY-B.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import SYSTEM, DocumentDrafted, EventRef, decode_if
from gongkai.contracts.streams import review_stream
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.review.secrecy import aggregate as secrecy_review
from gongkai.review.secrecy.stream import REVIEW
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies


class ReviewRequests:
    """Requests the secrecy review of every draft."""

    name = "secrecy-review"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        draft = decode_if(what.record, DocumentDrafted)
        if draft is None:
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, draft.unit, draft.at)
        cmd = secrecy_review.Request(
            document=draft.document,
            unit=draft.unit,
            title=draft.title,
            attribute=draft.attribute,
            digest=draft.digest,
            drafted_by=draft.by,
            draft=EventRef.of(what.place.log, what.record),
            by=SYSTEM,
        )
        return [
            Intent(
                derived_id(what.record.id, "secrecy-review"),
                review_stream(draft.document),
                REVIEW,
                partial(secrecy_review.request, cmd=cmd, rules=rules, now=now),
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
            )
        ]
