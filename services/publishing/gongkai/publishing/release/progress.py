"""How far a release has come, by the logs themselves."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Final

from gongkai.contracts.envelope import Place
from gongkai.contracts.errors import Refused
from gongkai.contracts.events import (
    Digest,
    DocumentDrafted,
    DocumentPublished,
    Event,
    EventRef,
    ReleaseClosed,
    ReleaseRefused,
    ReleaseRequested,
    decode,
    decode_if,
)
from gongkai.contracts.streams import document_stream, publication_stream
from gongkai.contracts.vocabulary import ReleaseEnd
from gongkai.ledger import read
from gongkai.publishing.release import refusals
from gongkai.publishing.release.stream import PUBLICATION
from gongkai.rules.release.docket import draft_of
from gongkai.rules.release.gate import Draft
from gongkai.runtime.commands import rules_for
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

PATIENCE: Final = 5.0  # seconds that a caller waits for the end of a release
POLL: Final = 0.1  # seconds between two looks into the log


async def newest_draft(deps: Dependencies, document: str) -> Draft:
    """The newest version, by intake's own log. Raises BadInput (404) where there is none."""
    for entry in reversed(await read.stream(deps.pool, log_for("intake"), document_stream(document))):
        if (event := decode_if(entry.record, DocumentDrafted)) is not None:
            return draft_of(event, EventRef.of(entry.place.log, entry.record), deps.replica.register)
    raise refusals.unknown_document()


async def end_of(deps: Dependencies, draft: Draft, digest: Digest) -> Place | None:
    """Where the publication of that version stands in the log; None when its release hasn't ended after PATIENCE. Raises
    Refused when it came to nothing."""
    until = monotonic() + PATIENCE
    while True:
        entries = await read.stream(deps.pool, log_for("publishing"), publication_stream(draft.document))
        state = PUBLICATION.fold(entries)
        assert state is not None, "a release was requested"
        if state.is_out(draft, digest):
            return next(e.place for e in reversed(entries) if e.record.name == DocumentPublished.NAME)
        if state.on_its_way(draft) is None:
            raise await _refusal(deps, draft, [decode(entry.record) for entry in entries])
        if monotonic() > until:
            return None
        await asyncio.sleep(POLL)


async def _refusal(deps: Dependencies, draft: Draft, history: Sequence[Event]) -> Refused:
    """Why the last release of that version came to nothing."""
    asked = {e.release for e in history if isinstance(e, ReleaseRequested) and e.draft.id == draft.ref.id}
    closed = next(e for e in reversed(history) if isinstance(e, ReleaseClosed) and e.release in asked)
    book = (await rules_for(deps.replica, draft.unit, closed.at)).book
    match closed.reason:
        case ReleaseEnd.REFUSED:
            [entry] = await read.by_event_id(deps.pool, log_for("review"), [closed.evidence.id])
            refused = decode(entry.record)
            assert isinstance(refused, ReleaseRefused)
            return refusals.not_permitted(refused.missing[0])
        case ReleaseEnd.OTHER_VERSION:
            return refusals.replaced(book.review.clause)
        case ReleaseEnd.EXPIRED:
            return refusals.permit_expired(book.publish.clause)
