"""A requested release is permitted or refused, on what this log says of its version (WY-B.4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import (
    SYSTEM,
    DocumentDrafted,
    Event,
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
from gongkai.ledger.acts_since import Since
from gongkai.ledger.decider import Intent, Reading
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.streams import GuardedReader
from gongkai.review.release import aggregate as release
from gongkai.review.release.stream import RELEASE
from gongkai.rules.release.docket import Fact, docket_of
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for


class ReleaseRequests:
    """Decides every release that is requested."""

    name = "release"
    since = Since.FIRST_EVENT

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        request = decode_if(what.record, ReleaseRequested)
        if request is None:
            return ()
        replica = self._deps.replica
        await replica.at_least(what.record.registerat)
        rules = await rules_for(replica, request.unit, now)

        async def decide(state: release.State, reader: GuardedReader) -> Sequence[Event]:
            drafts = await _drafts(conn, request)
            docket = docket_of([*drafts, *await _reviewed(reader, request, drafts)], replica.register)
            assert docket is not None, "a release is requested of a draft"
            return release.decide(state, release.Decide(request, docket, SYSTEM), rules, now)

        return [
            Intent(
                derived_id(what.record.id, "release"),
                release_stream(request.release),
                RELEASE,
                Reading(decide),
                cause=what.place,
                registerat=replica.place(),
                trace=what.trace,
            )
        ]


async def _drafts(conn: Connection, request: ReleaseRequested) -> list[Fact]:
    """The document's versions, by intake's own log. Which is the newest, intake says again when it hands one over."""
    log = log_for("intake")
    entries = await read.stream(conn, log, document_stream(request.document))
    return [
        (draft, EventRef.of(log.name, entry.record))
        for entry in entries
        if (draft := decode_if(entry.record, DocumentDrafted)) is not None
    ]


async def _reviewed(reader: GuardedReader, request: ReleaseRequested, drafts: Sequence[Fact]) -> list[Fact]:
    """The document's reviews, and the consultations of every unit that was to be asked about this text by any draft: what an
    edit of the list has dropped counts, too."""
    needs = {
        (need.unit, need.kind)
        for draft, _ in drafts
        if isinstance(draft, DocumentDrafted) and draft.digest == request.digest
        for need in draft.consult
    }
    letters = [
        consultation_stream(consultation_id(request.document, request.digest, unit, kind))
        for unit, kind in sorted(needs)
    ]
    streams = [review_stream(request.document), *letters]
    await reader.prefetch(streams)
    log = log_for("review")
    return [
        (decode(record), EventRef.of(log.name, record))
        for stream in streams
        for record in await reader.records(stream)
    ]
