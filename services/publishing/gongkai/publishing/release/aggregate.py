"""信息发布: a document goes out in full, under the review of exactly this version (WY-B.3, WY-B.4, LS-10b)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import Refused, Sentence
from gongkai.contracts.events import Digest, DocumentPublished, Event, PersonId
from gongkai.publishing.release.gate import Docket, Draft, missing
from gongkai.rules import Rules
from gongkai.rules.local_time import local_date

# -- state


@dataclass(frozen=True, slots=True)
class Published:
    digest: Digest
    index: str  # 索引号: the document keeps it through all its versions
    drafted: UUID  # the version: event id of its DocumentDrafted


State = Published | None

# -- commands


@dataclass(frozen=True, slots=True)
class Publish:
    """Let one version out. The docket is what publishing has seen of the document up to now."""

    docket: Docket
    digest: Digest
    unit_name: str
    by: PersonId


# -- decide


@clause("WY-B.3", "WY-B.4", "LS-10b", "SC-3.3", "SC-A1.4c", "GT-proactive", "CX-6")
def publish(state: State, cmd: Publish, rules: Rules, now: datetime) -> list[Event]:
    """Refused with the first thing that is missing at the gate. The same text under a corrected title or summary is
    another version, and goes out again; the version that is out already doesn't."""
    draft, review = cmd.docket.draft, cmd.docket.review
    if (
        state is not None
        and state.digest == cmd.digest
        and (draft.ref.id == state.drafted or draft.digest != cmd.digest)
    ):
        return []
    lacking = missing(cmd.docket, cmd.digest, rules.book)
    if lacking or review is None:
        first = lacking[0]
        raise Refused(first.code, first.clause, Sentence(first.zh, first.en), field="/digest", status=409)
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
            index=_index(draft, now) if state is None else state.index,
            drafted=draft.ref,
            review=review.ref,
            consultations=tuple(c.ref for c in cmd.docket.about(cmd.digest)),
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
    match event:
        case DocumentPublished():
            return Published(event.digest, event.index, event.drafted.id)
        case _:
            return state
