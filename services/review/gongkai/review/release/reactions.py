"""A requested release is permitted or refused, on what this log says of its version (WY-B.4)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import (
    SYSTEM,
    DocumentDrafted,
    EventRef,
    ReleaseRequested,
    decode,
    decode_if,
)
from gongkai.contracts.streams import (
    consultation_id,
    consultation_stream,
    document_stream,
    release_stream,
    review_stream,
)
from gongkai.ledger import read
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.review.release import aggregate as release
from gongkai.review.release.stream import RELEASE
from gongkai.rules.release.docket import docket_of
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for


class ReleaseRequests:
    """Decides every release that is requested."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        request = decode_if(what.record, ReleaseRequested)
        if request is None:
            return ()
        replica = self._deps.replica
        await replica.at_least(what.record.registerat)
        rules = await rules_for(replica, request.unit, now)
        drafts = await _entries(conn, "intake", [document_stream(request.document)])
        names = [review_stream(request.document), *_consultation_streams(request, drafts)]
        own = await _entries(conn, "review", names)
        facts = [(decode(entry.record), EventRef.of(entry.place.log, entry.record)) for entry in drafts + own]
        docket = docket_of(facts, replica.register)
        assert docket is not None, "a release is requested of a draft"
        return [
            Intent(
                derived_id(what.record.id, "release"),
                release_stream(request.release),
                RELEASE,
                partial(release.decide, cmd=release.Decide(request, docket, SYSTEM), rules=rules, now=now),
                cause=what.place,
                registerat=replica.place(),
                trace=what.trace,
                guards=tuple((name, sum(entry.stream == name for entry in own)) for name in names),
            )
        ]


def _consultation_streams(request: ReleaseRequested, drafts: Sequence[read.Entry]) -> list[str]:
    """Of every unit that was to be asked about this text by any draft: what an edit of the list has dropped counts, too."""
    needs = {
        (need.unit, need.kind)
        for entry in drafts
        if (draft := decode_if(entry.record, DocumentDrafted)) and draft.digest == request.digest
        for need in draft.consult
    }
    return [
        consultation_stream(consultation_id(request.document, request.digest, unit, kind))
        for unit, kind in sorted(needs)
    ]


async def _entries(conn: Connection, service: str, names: Sequence[str]) -> list[read.Entry]:
    """All entries of these streams, each stream's in its order."""
    found = await read.streams(conn, log_for(service), names)
    return [entry for name in names for entry in found.get(name, ())]
