"""发布审查: the gate that a document passes before anyone outside can read it (WY-B.3, WY-B.4, LS-10b, SC-3.3).

The permit and the page that previews it ask the same function.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from gongkai.contracts.clauses import ClauseId, clause
from gongkai.contracts.events import Digest, EventRef, Id
from gongkai.contracts.vocabulary import Attribute, Category, ConsultationKind, Opinion
from gongkai.rules.rulebooks import Rulebook


@dataclass(frozen=True, slots=True)
class Need:
    """A unit that the drafter said has to be asked; its name is for the sentences."""

    unit: Id
    name: str
    kind: ConsultationKind


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest version of the document."""

    document: Id
    unit: Id
    title: str
    number: str | None
    category: Category
    attribute: Attribute
    summary: str
    digest: Digest
    media_type: str
    size: int
    formed_on: date
    consult: tuple[Need, ...]
    ref: EventRef


@dataclass(frozen=True, slots=True)
class Review:
    """The newest opinion of a secrecy review, and the draft that it is about."""

    digest: Digest
    opinion: Opinion
    ref: EventRef
    draft: UUID | None  # event id of its DocumentDrafted; None: it isn't known to be about any


@dataclass(frozen=True, slots=True)
class Consultation:
    """One unit, asked about one version. `ref` is the event that settled it, or the request while it is unanswered."""

    kind: ConsultationKind
    digest: Digest
    asked: Id
    settled: Literal["open", "consent", "refused"]
    ref: EventRef


@dataclass(frozen=True, slots=True)
class Docket:
    """All that is known of a document's drafts, reviews and consultations. What isn't known is missing, never assumed."""

    draft: Draft
    review: Review | None
    consultations: tuple[Consultation, ...]

    def about(self, digest: Digest) -> tuple[Consultation, ...]:
        return tuple(c for c in self.consultations if c.digest == digest)


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason why the gate is shut."""

    code: str
    clause: ClauseId
    zh: str
    en: str


@clause("WY-B.3", "WY-B.4", "LS-10b", "SC-3.3", "SC-A1.4c", "GT-coordinate")
def missing(docket: Docket, digest: Digest, book: Rulebook) -> list[Missing]:
    """What still stands between this digest and the public; empty when the gate is open. The review is of exactly the
    newest version, text, title and all; an agreement of another unit is to the text, and holds as long as that does."""
    return [
        *of_the_draft(docket.draft, digest, book),
        *_of_the_review(docket, digest, book),
        *_of_the_others(docket, digest, book),
    ]


def other_version(book: Rulebook) -> Missing:
    """What was asked for isn't the newest version."""
    return Missing(
        "publication.other-version",
        book.review.clause,
        "要发布的不是最新一稿，请发布最新一稿。",
        "This isn't the newest version: publish that one.",
    )


def of_the_draft(draft: Draft, digest: Digest, book: Rulebook) -> Iterator[Missing]:
    """What is missing whatever was reviewed: the newest text is another one, or isn't for the public."""
    if draft.digest != digest:
        yield other_version(book)
    if (attribute := draft.attribute) is not Attribute.PROACTIVE:
        yield Missing(
            "publication.not-proactive",
            "GT-proactive",
            f"公开属性为“{attribute.zh}”，只有“主动公开”的文件才能发布。",
            f"The attribute is “{attribute.en}”; only what is disclosed proactively is published.",
        )


def _of_the_review(docket: Docket, digest: Digest, book: Rulebook) -> Iterator[Missing]:
    match docket.review:
        case None:
            yield Missing(
                "publication.no-review",
                book.review.clause,
                "尚无保密审查意见；未经审查不得公开。",
                "There is no secrecy review: without one nothing is published.",
            )
        case Review(digest=reviewed, draft=draft) if reviewed != digest or draft != docket.draft.ref.id:
            yield Missing(
                "publication.review-of-other-version",
                book.review.clause,
                "保密审查针对的是另一稿；改稿后须重新审查。",
                "The review was of another version: an edit needs a review of its own.",
            )
        case Review(opinion=opinion) if opinion is not Opinion.DISCLOSE:
            yield Missing(
                "publication.review-says-no",
                book.opinion.clause,
                f"保密审查意见为“{opinion.zh}”，不得发布。",
                f"The review says “{opinion.en}”, so it can't be published.",
            )


def _of_the_others(docket: Docket, digest: Digest, book: Rulebook) -> Iterator[Missing]:
    """Every unit that the draft names, and every unit that was asked about this text, even if an edit of the
    list dropped it since: an objection doesn't go away by not being mentioned."""
    asked = {(c.asked, c.kind): c for c in docket.about(digest)}
    names = {(need.unit, need.kind): need.name for need in docket.draft.consult}
    for unit, kind in dict.fromkeys([*names, *asked]):
        name = names.get((unit, kind), unit)
        consultation = asked.get((unit, kind))
        if consultation is None or consultation.settled == "open":
            yield Missing(
                "publication.consultation-open",
                book.consultation(kind).clause,
                f"{name}尚未就这一稿回复意见。",
                f"{name} hasn't answered about this version yet.",
            )
        elif consultation.settled == "refused":
            yield Missing(
                "publication.consultation-refused",
                book.consultation(kind).clause,
                f"{name}不同意发布这一稿。",
                f"{name} doesn't agree to this version being published.",
            )
