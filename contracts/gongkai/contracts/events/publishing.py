"""发布: what left the gate. Everything in these events is public."""

from datetime import date

from gongkai.contracts.events._event import Digest, Event, EventRef, Id, Line, Text, event
from gongkai.contracts.vocabulary import Category


@event(1, "publishing")
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
