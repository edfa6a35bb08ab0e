"""审查: secrecy review and consultation, as facts."""

from datetime import date

from gongkai.contracts.events._event import (
    AuditSentence,
    Author,
    Digest,
    Event,
    EventRef,
    Id,
    Line,
    Moment,
    PersonId,
    RulebookClause,
    Text,
    Value,
    event,
)
from gongkai.contracts.events._words import day_in_words
from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Opinion, Silence

# An answer from before kinds were recorded happened under the general clause, that of coordination.
_CONSULTATION = RulebookClause("consultations", key="kind", default=ConsultationKind.COORDINATE)


@event(1, "review", zh="提请保密审查", en="Secrecy review requested", basis=RulebookClause("review"))
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

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"提请对《{self.title}》作保密审查", f"Secrecy review of “{self.title}” requested"
        )


@event(1, "review", zh="保密审查意见", en="Secrecy reviewed", basis=RulebookClause("opinion"))
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

    def describe(self) -> AuditSentence:
        basis = "；".join(self.basis)
        note = f"{self.reason}（依据：{basis}）" if basis else self.reason
        mood = "done" if self.opinion is Opinion.DISCLOSE else ""
        return AuditSentence(
            f"保密审查意见：{self.opinion.zh}", f"Secrecy review: {self.opinion.en}", note, mood
        )


@event(1, "review", zh="撤回审查意见", en="Secrecy opinion withdrawn", basis=RulebookClause("opinion"))
class SecrecyReviewWithdrawn(Event):
    """The opinion on that version no longer stands: the version waits for another one (WY-B.3)."""

    document: Id
    unit: Id
    digest: Digest
    opinion: Opinion  # the one that was withdrawn
    reason: Text
    rulebook: Line
    draft: EventRef | None = None  # the DocumentDrafted that was reviewed; None: the opinion didn't name it

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"撤回保密审查意见“{self.opinion.zh}”",
            f"Secrecy opinion “{self.opinion.en}” withdrawn",
            self.reason,
        )


@event(1, "review", zh="征求意见", en="Consultation requested", basis=_CONSULTATION)
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

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"就《{self.title}》征求意见（{self.kind.zh}）",
            f"Consultation about “{self.title}” ({self.kind.en})",
            self.matters,
        )


@event(1, "review", zh="答复征求意见", en="Consultation answered", basis=_CONSULTATION)
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

    def describe(self) -> AuditSentence:
        zh, en = ("同意", "agreed") if self.agrees else ("不同意", "disagreed")
        return AuditSentence(
            f"答复征求意见：{zh}", f"Consultation answered: {en}", self.reason, "done" if self.agrees else ""
        )


@event(1, "review", zh="同意后提出异议", en="Objection after consent", basis=_CONSULTATION)
class ConsultationObjected(Event):
    """A unit that had agreed objects, with its reason and its deputy's signature (SC-3.3). It closes the gate from here
    on; what is published already stays until it is withdrawn."""

    consultation: Id
    document: Id
    digest: Digest
    unit: Id
    asked: Id
    kind: ConsultationKind
    reason: Text
    signed_by: PersonId
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("撤回同意，提出异议", "Consent withdrawn: the unit objects", self.reason)


@event(1, "review", zh="征求意见逾期", en="Consultation lapsed", basis=_CONSULTATION)
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

    def describe(self) -> AuditSentence:
        zh, en = day_in_words(self.due)
        return AuditSentence(
            f"征求意见逾期未复（{zh}到期），{self.silence.zh}",
            f"No answer to the consultation by {en}: {self.silence.en}",
            mood="late",
        )


class Missing(Value):
    """One reason why a release isn't permitted, as it was told."""

    code: Line
    clause: Line
    zh: Line
    en: Line


@event(1, "review", zh="准予发布", en="Release permitted", basis=RulebookClause("review"))
class ReleasePermitted(Event):
    """Exactly this version may go out until `expires`: its review and its consultations stand at this position of the log
    (WY-B.3, WY-B.4). A permit isn't revoked; an unused one dies."""

    release: Id
    document: Id
    unit: Id
    digest: Digest
    draft: EventRef
    review: EventRef
    consultations: tuple[EventRef, ...]
    expires: Moment
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(
            "审查、征求意见齐备，准予发布", "Review and consultations stand: may go out", mood="done"
        )


@event(1, "review", zh="不准发布", en="Release refused", basis=RulebookClause("review"))
class ReleaseRefused(Event):
    """What still stands between this version and the public (WY-B.4)."""

    release: Id
    document: Id
    unit: Id
    digest: Digest
    draft: EventRef
    missing: tuple[Missing, ...]
    rulebook: Line

    def describe(self) -> AuditSentence:
        zh, en = "；".join(m.zh.rstrip("。") for m in self.missing), " ".join(m.en for m in self.missing)
        return AuditSentence(f"不准发布：{zh}", f"Not to go out yet: {en}")
