"""What a draft makes this service do: ask for the secrecy review of exactly this version, and ask the units that
it touches (WY-B.3, SC-3.3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gongkai.contracts.derived import derived
from gongkai.contracts.events import SYSTEM, DocumentDrafted, EventRef, decode, only
from gongkai.ledger import read
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.secrecy import aggregate as secrecy_review
from gongkai.review.streams import CONSULTATION, REVIEW, consultation_stream, review_stream
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for


class Drafts:
    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        draft = only(what.record, DocumentDrafted)
        if draft is None:
            return ()
        await self._deps.replica.at_least(what.record.registerat)
        rules = await rules_for(self._deps.replica, draft.unit, draft.at)
        ref = EventRef(log=what.place.log, id=what.record.id, type=what.record.type, at=what.record.time)
        review = secrecy_review.Request(
            document=draft.document,
            unit=draft.unit,
            title=draft.title,
            attribute=draft.attribute,
            digest=draft.digest,
            drafted_by=draft.by,
            draft=ref,
            by=SYSTEM,
        )
        intents: list[Intent[Any]] = [
            Intent(
                derived(what.record.id, "secrecy-review"),
                review_stream(draft.document),
                REVIEW,
                partial(secrecy_review.request, cmd=review, rules=rules, now=now),
                cause=what.place,
                registerat=self._deps.replica.place(),
                trace=what.trace,
            )
        ]
        returned = bool(draft.consult) and await _took_the_place_of_another(conn, what, draft)
        for need in draft.consult:
            asked = consultation.consultation_id(draft.document, draft.digest, need.unit, need.kind)
            letter = consultation.Request(
                consultation=asked,
                document=draft.document,
                digest=draft.digest,
                title=draft.title,
                unit=draft.unit,
                asked=need.unit,
                kind=need.kind,
                matters=need.matters,
                opinion=need.opinion,
                draft=ref,
                returned=returned,
                by=SYSTEM,
            )
            intents.append(
                Intent(
                    derived(what.record.id, f"consultation/{asked}"),
                    consultation_stream(asked),
                    CONSULTATION,
                    partial(consultation.request, cmd=letter, rules=rules, now=now),
                    cause=what.place,
                    registerat=self._deps.replica.place(),
                    trace=what.trace,
                )
            )
        return intents


async def _took_the_place_of_another(conn: Connection, what: Delivered, draft: DocumentDrafted) -> bool:
    """True when the draft before this one had another text."""
    stream = await read.stream(conn, log_for("intake"), what.record.subject)
    earlier = [
        event
        for entry in stream
        if entry.version < what.record.streamversion
        and isinstance(event := decode(entry.record), DocumentDrafted)
    ]
    return bool(earlier) and earlier[-1].digest != draft.digest
