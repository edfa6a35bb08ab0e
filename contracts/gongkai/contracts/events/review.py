"""审查: secrecy review and consultation, as facts."""

from datetime import date

from gongkai.contracts.events._event import Author, Digest, Event, EventRef, Id, Line, PersonId, Text, event
from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Opinion, Silence


@event(1, "review")
class SecrecyReviewRequested(Event):
    """One review of one version of one item (WY-B.3): the draft says which version, the digest which text."""

    document: Id
    unit: Id
    title: Line
    attribute: Attribute
    digest: Digest
    drafted_by: Author
    rulebook: Line
    draft: EventRef | None = None  # the DocumentDrafted; None: recorded before it was named


@event(1, "review")
class SecrecyReviewed(Event):
    """The reviewer's opinion on exactly that version, with basis and reason (WY-B.9)."""

    document: Id
    unit: Id
    digest: Digest
    opinion: Opinion
    basis: tuple[Line, ...]
    reason: Text
    rulebook: Line | None = None  # None, like the draft: recorded before it was named
    draft: EventRef | None = None  # the DocumentDrafted that was reviewed


@event(1, "review")
class ConsultationRequested(Event):
    """征求意见: a unit is asked in writing about one version of a document (SC-3.3, SC-A1.4c)."""

    consultation: Id
    document: Id
    digest: Digest
    title: Line
    unit: Id  # who asks
    asked: Id  # who is asked
    kind: ConsultationKind
    matters: Line
    opinion: Line
    rulebook: Line
    draft: EventRef | None = None  # the DocumentDrafted that asks; None: recorded before it was named


@event(1, "review")
class ConsultationAnswered(Event):
    """The asked unit agreed, or disagreed with its reason and its deputy's signature (SC-3.3)."""

    consultation: Id
    document: Id
    digest: Digest
    unit: Id
    asked: Id
    agrees: bool
    reason: Text
    signed_by: PersonId | None
    kind: ConsultationKind | None = None  # None, like the rulebook: recorded before they were named
    rulebook: Line | None = None


@event(1, "review")
class ConsultationLapsed(Event):
    """The time to answer is up; `silence` is how the rulebook reads that (SC-3.3, SC-A1.4c)."""

    consultation: Id
    document: Id
    digest: Digest
    unit: Id
    asked: Id
    kind: ConsultationKind
    silence: Silence
    due: date
    rulebook: Line
    calendar: Line
