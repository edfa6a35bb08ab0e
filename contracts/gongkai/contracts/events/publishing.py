"""发布: what is to be released, and what left the gate. The portal reads this log: a release names its draft by
reference and digest alone, and tells nothing that is in it; DocumentPublished is public as a whole."""

from datetime import date

from gongkai.contracts.events._event import (
    AuditSentence,
    Digest,
    Event,
    EventRef,
    Id,
    Line,
    Moment,
    RulebookClause,
    Text,
    event,
)
from gongkai.contracts.vocabulary import Category, ReleaseEnd


@event(1, "publishing", zh="申请发布", en="Release requested", basis=RulebookClause("publish"))
class ReleaseRequested(Event):
    """The first step of a release: review is asked to permit that exactly this version goes out (WY-B.4)."""

    release: Id
    document: Id
    unit: Id
    digest: Digest
    draft: EventRef  # the DocumentDrafted that is to go out
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("申请发布最新一稿", "Asked for the release of the newest version")


@event(1, "publishing", zh="发布未成", en="Release closed", basis=RulebookClause("publish"))
class ReleaseClosed(Event):
    """A release came to nothing: `evidence` is the event that says why. Nothing was published (WY-B.4)."""

    release: Id
    document: Id
    unit: Id
    digest: Digest
    reason: ReleaseEnd
    evidence: EventRef
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(f"发布未成：{self.reason.zh}", f"Not released: {self.reason.en}")


@event(1, "publishing", zh="发布", en="Document published", basis=RulebookClause("publish"))
class DocumentPublished(Event):
    """A document is on the portal, in full, under the review of exactly this digest (WY-B.4, LS-10b)."""

    document: Id
    unit: Id
    unit_name: Line
    title: Line
    number: Line | None
    category: Category
    summary: Text
    digest: Digest
    media_type: Line
    size: int
    formed_on: date
    index: Line  # 索引号, unique, never reissued
    drafted: EventRef
    review: EventRef
    consultations: tuple[EventRef, ...]
    rulebook: Line
    release: Id | None = (
        None  # None, like the next three: published before releases were permitted one by one
    )
    permit: EventRef | None = None  # the ReleasePermitted, in review's log
    handover: EventRef | None = None  # the VersionHandedOver, in intake's log
    expires: Moment | None = None  # the permit's last moment

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"发布《{self.title}》，索引号{self.index}",
            f"Published “{self.title}”, index {self.index}",
            mood="done",
        )
