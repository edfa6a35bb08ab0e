"""信息发布: a document's releases, from the request to what is out (WY-B.3, WY-B.4, LS-10b).

A release is requested here, permitted by review, its version handed over by intake, and published here while the permit lasts.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Refused, Sentence
from gongkai.contracts.events import (
    Digest,
    DocumentPublished,
    Event,
    EventRef,
    Id,
    PersonId,
    ReleaseClosed,
    ReleasePermitted,
    ReleaseRequested,
    VersionHandedOver,
)
from gongkai.contracts.vocabulary import ReleaseEnd
from gongkai.rules import Rules
from gongkai.rules.local_time import local_date
from gongkai.rules.release import gate
from gongkai.rules.release.gate import Draft

# -- state


@dataclass(frozen=True, slots=True)
class Published:
    digest: Digest
    index: str  # 索引号: the document keeps it through all its versions
    drafted: UUID  # the version: event id of its DocumentDrafted


@dataclass(frozen=True, slots=True)
class Publication:
    """`open`: releases that were requested and haven't ended. `closed`: the last one that came to nothing."""

    published: Published | None = None
    open: tuple[ReleaseRequested, ...] = ()
    closed: ReleaseClosed | None = None
    requests: int = 0

    def requested(self, release: Id) -> ReleaseRequested | None:
        return next((request for request in self.open if request.release == release), None)

    def on_its_way(self, draft: Draft) -> ReleaseRequested | None:
        """The release of that version that hasn't ended."""
        return next((request for request in self.open if request.draft.id == draft.ref.id), None)

    def is_out(self, draft: Draft, digest: Digest) -> bool:
        """Whether that text is published already: as that version, or as an earlier one when that has another text."""
        out = self.published
        return (
            out is not None
            and out.digest == digest
            and (draft.ref.id == out.drafted or draft.digest != digest)
        )

    def without(self, release: Id | None) -> tuple[ReleaseRequested, ...]:
        return tuple(request for request in self.open if request.release != release)


State = Publication | None
_NOTHING: Final = Publication()

# -- commands


@dataclass(frozen=True, slots=True)
class RequestRelease:
    """Ask that one version goes out. `draft`: the newest, by intake's own log."""

    release: Id
    draft: Draft
    digest: Digest
    by: PersonId


@dataclass(frozen=True, slots=True)
class Publish:
    """Let the version out that was permitted and handed over. `ref`: the handover."""

    draft: Draft
    unit_name: str
    permit: ReleasePermitted
    handover: VersionHandedOver
    ref: EventRef


@dataclass(frozen=True, slots=True)
class Close:
    """The release came to nothing."""

    release: Id
    reason: ReleaseEnd
    evidence: EventRef
    by: PersonId


# -- decide


@clause("WY-B.3", "WY-B.4", "GT-proactive", "CX-6")
def request(state: State, cmd: RequestRelease, rules: Rules, now: datetime) -> list[Event]:
    """Refused at once for what isn't the newest version, or isn't for the public; the rest is review's to say. The same text
    under a corrected title or summary is another version, and goes out again; the version that is out already doesn't, and
    one that is on its way isn't asked for twice."""
    state, draft = state or _NOTHING, cmd.draft
    if state.is_out(draft, cmd.digest):
        return []
    for first in gate.of_the_draft(draft, cmd.digest, rules.book):
        raise Refused(first.code, first.clause, Sentence(first.zh, first.en), field="/digest", status=409)
    if state.on_its_way(draft) is not None:
        return []
    return [
        ReleaseRequested(
            release=cmd.release,
            document=draft.document,
            unit=draft.unit,
            digest=draft.digest,
            draft=draft.ref,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


@clause("WY-B.3", "WY-B.4", "LS-10b", "SC-3.3", "SC-A1.4c", "GT-proactive", "CX-6")
def publish(state: State, cmd: Publish, rules: Rules, now: datetime) -> list[Event]:
    """What was handed over goes out, in the name of who requested it. Who calls this writes it with the permit's last moment,
    and closes the release once that has passed."""
    state, draft, permit = state or _NOTHING, cmd.draft, cmd.permit
    requested = state.requested(permit.release)
    if requested is None:
        return []
    return [
        DocumentPublished(
            document=draft.document,
            unit=draft.unit,
            unit_name=cmd.unit_name,
            title=draft.title,
            number=draft.number,
            category=draft.category,
            summary=draft.summary,
            digest=draft.digest,
            media_type=draft.media_type,
            size=draft.size,
            formed_on=draft.formed_on,
            index=_index(draft, now) if state.published is None else state.published.index,
            drafted=draft.ref,
            review=permit.review,
            consultations=permit.consultations,
            rulebook=rules.book.version,
            release=permit.release,
            permit=cmd.handover.permit,
            handover=cmd.ref,
            expires=permit.expires,
            by=requested.by,
            at=now,
        )
    ]


@clause("WY-B.4")
def close(state: State, cmd: Close, rules: Rules, now: datetime) -> list[Event]:
    """Nothing for a release that has ended."""
    requested = (state or _NOTHING).requested(cmd.release)
    if requested is None:
        return []
    return [
        ReleaseClosed(
            release=cmd.release,
            document=requested.document,
            unit=requested.unit,
            digest=requested.digest,
            reason=cmd.reason,
            evidence=cmd.evidence,
            rulebook=rules.book.version,
            by=cmd.by,
            at=now,
        )
    ]


def _index(draft: Draft, now: datetime) -> str:
    """`<unit>/<year>-<8 digits>`, from the document's id alone: no counter that could give a number twice."""
    return f"{draft.unit}/{local_date(now).year}-{sha256(draft.document.encode()).hexdigest()[:8]}"


# -- evolve


def evolve(state: State, event: Event) -> State:
    state = state or _NOTHING
    match event:
        case ReleaseRequested():
            return replace(state, open=(*state.open, event), requests=state.requests + 1)
        case ReleaseClosed():
            return replace(state, open=state.without(event.release), closed=event)
        case DocumentPublished():
            out = Published(event.digest, event.index, event.drafted.id)
            return replace(state, published=out, open=state.without(event.release))
        case _:
            return state
