"""发布: what left the gate. Everything in these events is public."""

from datetime import date

from gongkai.contracts.events._event import (
    AuditSentence,
    Digest,
    Event,
    EventRef,
    Id,
    Line,
    RulebookClause,
    Text,
    event,
)
from gongkai.contracts.vocabulary import Category


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

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"发布《{self.title}》，索引号{self.index}",
            f"Published “{self.title}”, index {self.index}",
            mood="done",
        )
