"""受理: drafts and applications, as facts. Units: units.py."""

from datetime import date

from gongkai.contracts.events._event import (
    AuditSentence,
    Digest,
    Event,
    EventRef,
    Id,
    Line,
    Moment,
    PersonId,
    RulebookClause,
    Sealed,
    Text,
    Value,
    event,
)
from gongkai.contracts.events._words import day_in_words
from gongkai.contracts.vocabulary import (
    AnswerKind,
    Attribute,
    Category,
    Channel,
    ConsultationKind,
    Duty,
    ErasureGround,
    HandIn,
    ReleaseEnd,
)


@event(1, "intake", zh="登记业务系统", en="System registered", basis="SC-1.1")
class SystemRegistered(Event):
    """An agency's system (OA, portal CMS, hotline) may speak for its own unit, and hand in what is listed (SC-1.1).

    Registered again = another name or other matters, as a whole; the unit stays."""

    system: Id
    name: Line
    unit: Id
    may: tuple[HandIn, ...]

    def describe(self) -> AuditSentence:
        zh, en = "、".join(what.zh for what in self.may), ", ".join(what.en for what in self.may)
        return AuditSentence(
            f"登记业务系统：{self.name}，可报送：{zh}", f"System registered: {self.name}, may hand in: {en}"
        )


@event(1, "intake", zh="停用业务系统", en="System retired", basis="SC-1.1")
class SystemRetired(Event):
    """A system speaks for its unit no longer, from this moment on; what it handed in stays (SC-1.1)."""

    system: Id
    unit: Id
    reason: Text

    def describe(self) -> AuditSentence:
        return AuditSentence(f"停用业务系统 {self.system}", f"System {self.system} retired", self.reason)


@event(1, "intake", zh="委托代行职责", en="Duty delegated", basis="SC-1.3")
class DutyDelegated(Event):
    """An officer's duties in a unit are done by a colleague from one day until another, both included (SC-1.3)."""

    delegation: Id
    unit: Id
    giver: PersonId
    taker: PersonId
    duties: tuple[Duty, ...]
    since: date
    until: date
    reason: Text

    def describe(self) -> AuditSentence:
        (since_zh, since_en), (until_zh, until_en) = day_in_words(self.since), day_in_words(self.until)
        zh, en = "、".join(d.zh for d in self.duties), ", ".join(d.en for d in self.duties)
        return AuditSentence(
            f"{since_zh}至{until_zh}，{self.giver}的职责（{zh}）由{self.taker}代行",
            f"From {since_en} until {until_en} {self.taker} acts for {self.giver} ({en})",
            self.reason,
        )


@event(1, "intake", zh="撤回委托", en="Delegation withdrawn", basis="SC-1.3")
class DelegationWithdrawn(Event):
    """From this day on the colleague does them no longer (SC-1.3)."""

    delegation: Id
    unit: Id
    since: date

    def describe(self) -> AuditSentence:
        zh, en = day_in_words(self.since)
        return AuditSentence(f"撤回委托，自{zh}起", f"Delegation withdrawn, as of {en}")


class ConsultationNeed(Value):
    """Another unit that has to be asked before the document goes out."""

    unit: Id
    kind: ConsultationKind
    matters: Line
    opinion: Line


@event(1, "intake", zh="拟稿", en="Document drafted", basis=RulebookClause("attributes", key="attribute"))
class DocumentDrafted(Event):
    """A draft with its disclosure attribute. Drafted again = edited: another digest, another review (CX-6, WY-B.3)."""

    document: Id
    unit: Id
    title: Line
    number: Line | None  # 发文字号
    category: Category
    attribute: Attribute
    reason: Text  # may be empty where the rulebook asks for none
    summary: Text  # 内容概述
    digest: Digest  # SHA-256 of the text in the content store
    media_type: Line
    size: int  # bytes
    formed_on: date  # 成文日期
    consult: tuple[ConsultationNeed, ...]
    rulebook: Line
    after_release: EventRef | None = (
        None  # the end of the release for which the version before had been handed over
    )

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"拟稿《{self.title}》，公开属性：{self.attribute.zh}",
            f"Drafted “{self.title}”, attribute: {self.attribute.en}",
            self.reason,
        )


@event(1, "intake", zh="移交发布", en="Version handed over", basis=RulebookClause("review"))
class VersionHandedOver(Event):
    """The newest version is handed over to publishing: until the release has ended or the permit has expired nobody makes
    another one (WY-B.3)."""

    release: Id
    document: Id
    unit: Id
    digest: Digest
    draft: EventRef
    permit: EventRef
    expires: Moment
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence("最新一稿移交发布", "The newest version is handed over for release")


@event(1, "intake", zh="未移交发布", en="Handover refused", basis=RulebookClause("review"))
class HandoverRefused(Event):
    """The permitted version isn't the newest any more, or the permit has expired (WY-B.3)."""

    release: Id
    document: Id
    unit: Id
    digest: Digest
    draft: EventRef
    permit: EventRef
    reason: ReleaseEnd
    rulebook: Line

    def describe(self) -> AuditSentence:
        return AuditSentence(f"未移交发布：{self.reason.zh}", f"Not handed over: {self.reason.en}")


@event(1, "intake", zh="收到申请", en="Application received", basis="GT-received")
class ApplicationReceived(Event):
    """依申请公开: an application, with everything personal sealed (GT-apply, GT-received)."""

    application: Id
    receipt: Line  # 受理编号, what the applicant quotes
    unit: Id
    channel: Channel
    applicant: Sealed  # name, identity, contact
    request: Sealed  # what is asked for, and in which form
    received_on: date  # Asia/Shanghai; the clock counts from the next working day
    code_digest: Digest  # of receipt and query code, keyed: the code itself is told once

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"收到政府信息公开申请，受理编号{self.receipt}（{self.channel.zh}）",
            f"Application received, receipt {self.receipt} ({self.channel.en})",
        )


@event(1, "intake", zh="答复申请", en="Application answered", basis=RulebookClause("answer"))
class ApplicationAnswered(Event):
    """The one answer, with the judgement of its clock at that moment (GT-answer). It stays as judged."""

    application: Id
    unit: Id
    kind: AnswerKind
    letter: Sealed  # the text of the 告知书
    grounds: tuple[Id, ...]  # coded grounds of articles 14 to 16
    answered_on: date
    due: date | None  # None: past the last year with a holiday notice
    late_days: int  # working days after the due day; 0 = in time
    rulebook: Line
    calendar: Line

    def describe(self) -> AuditSentence:
        late = self.late_days > 0
        return AuditSentence(
            f"答复申请：{self.kind.zh}" + (f"，超期{self.late_days}个工作日" if late else "，未超期"),
            f"Application answered: {self.kind.en}"
            + (f", {self.late_days} working days late" if late else ", in time"),
            mood="late" if late else "done",
        )


@event(1, "intake", zh="申请超期", en="Application overdue", basis=RulebookClause("answer"))
class ApplicationOverdue(Event):
    """The due day went by without an answer (GT-answer). Issued once by the timer, never withdrawn."""

    application: Id
    unit: Id
    due: date
    rulebook: Line
    calendar: Line

    def describe(self) -> AuditSentence:
        zh, en = day_in_words(self.due)
        return AuditSentence(
            f"{zh}到期，未答复：申请超期", f"Due {en} and not answered: overdue", mood="late"
        )


@event(1, "intake", zh="删除个人信息", en="Applicant erased", basis="GT-register")
class ApplicantErased(Event):
    """A person's key is destroyed: whatever was sealed under it can't be read any more, by anybody (GT-register).

    Records and proofs stay as they are. An application of the same person afterwards is another person's to us.
    """

    person: Id
    application: Id  # the one in whose handling this was decided
    unit: Id
    ground: ErasureGround

    def describe(self) -> AuditSentence:
        return AuditSentence(
            f"依法删除申请人的个人信息（{self.ground.zh}）",
            f"The applicant's personal data was erased: {self.ground.en}",
        )
