"""What the audit trail says of each type of event: its name, and one sentence in both languages (GT-supervise).

No sentence holds personal data: sealed fields stay sealed, and what applicants wrote is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.contracts.events import (
    ApplicantErased,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    DelegationWithdrawn,
    DocumentDrafted,
    DocumentPublished,
    DutyDelegated,
    Event,
    HolidaysAnnounced,
    ScoreChanged,
    SecrecyReviewed,
    SecrecyReviewRequested,
    SystemRegistered,
    SystemRetired,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import Opinion


@dataclass(frozen=True, slots=True)
class AuditSentence:
    """What the audit trail says of an event. `mood`: how the page colours it ("done", "late" or "")."""

    zh: str
    en: str
    note: str = ""
    mood: str = ""


def _points(hundredths: int) -> str:
    sign = "−" if hundredths < 0 else "+"
    return f"{sign}{abs(hundredths) / 100:g}"


def _day(day: date) -> tuple[str, str]:
    return f"{day.year}年{day.month}月{day.day}日", f"{day:%-d %B %Y}"


def _unit(e: UnitRegistered) -> AuditSentence:
    return AuditSentence(f"登记单位：{e.name}", f"Unit registered: {e.name}")


def _system(e: SystemRegistered) -> AuditSentence:
    zh, en = "、".join(what.zh for what in e.may), ", ".join(what.en for what in e.may)
    return AuditSentence(
        f"登记业务系统：{e.name}，可报送：{zh}", f"System registered: {e.name}, may hand in: {en}"
    )


def _system_retired(e: SystemRetired) -> AuditSentence:
    return AuditSentence(f"停用业务系统 {e.system}", f"System {e.system} retired", e.reason)


def _delegated(e: DutyDelegated) -> AuditSentence:
    (since_zh, since_en), (until_zh, until_en) = _day(e.since), _day(e.until)
    zh, en = "、".join(d.zh for d in e.duties), ", ".join(d.en for d in e.duties)
    return AuditSentence(
        f"{since_zh}至{until_zh}，{e.giver}的职责（{zh}）由{e.taker}代行",
        f"From {since_en} until {until_en} {e.taker} acts for {e.giver} ({en})",
        e.reason,
    )


def _withdrawn(e: DelegationWithdrawn) -> AuditSentence:
    zh, en = _day(e.since)
    return AuditSentence(f"撤回委托，自{zh}起", f"Delegation withdrawn, as of {en}")


def _succeeded(e: UnitSucceeded) -> AuditSentence:
    zh, en = _day(e.on)
    successors = "、".join(f"{s.unit}（{s.scope}）" if s.scope else s.unit for s in e.successors)
    owner = successors or e.decided_by or ""
    return AuditSentence(
        f"单位{e.kind.zh}：{e.unit}，自{zh}起" + (f"由{owner}承接" if owner else "生效"),
        f"Unit {e.unit}: {e.kind.en}, from {en}" + (f"; {owner} takes over" if owner else ""),
        e.basis or "",
    )


def _drafted(e: DocumentDrafted) -> AuditSentence:
    return AuditSentence(
        f"拟稿《{e.title}》，公开属性：{e.attribute.zh}",
        f"Drafted “{e.title}”, attribute: {e.attribute.en}",
        e.reason,
    )


def _review_requested(e: SecrecyReviewRequested) -> AuditSentence:
    return AuditSentence(f"提请对《{e.title}》作保密审查", f"Secrecy review of “{e.title}” requested")


def _reviewed(e: SecrecyReviewed) -> AuditSentence:
    basis = "；".join(e.basis)
    note = f"{e.reason}（依据：{basis}）" if basis else e.reason
    mood = "done" if e.opinion is Opinion.DISCLOSE else ""
    return AuditSentence(f"保密审查意见：{e.opinion.zh}", f"Secrecy review: {e.opinion.en}", note, mood)


def _asked(e: ConsultationRequested) -> AuditSentence:
    return AuditSentence(
        f"就《{e.title}》征求意见（{e.kind.zh}）",
        f"Consultation about “{e.title}” ({e.kind.en})",
        e.matters,
    )


def _answered(e: ConsultationAnswered) -> AuditSentence:
    zh, en = ("同意", "agreed") if e.agrees else ("不同意", "disagreed")
    return AuditSentence(
        f"答复征求意见：{zh}", f"Consultation answered: {en}", e.reason, "done" if e.agrees else ""
    )


def _lapsed(e: ConsultationLapsed) -> AuditSentence:
    zh, en = _day(e.due)
    return AuditSentence(
        f"征求意见逾期未复（{zh}到期），{e.silence.zh}",
        f"No answer to the consultation by {en}: {e.silence.en}",
        mood="late",
    )


def _published(e: DocumentPublished) -> AuditSentence:
    return AuditSentence(
        f"发布《{e.title}》，索引号{e.index}",
        f"Published “{e.title}”, index {e.index}",
        mood="done",
    )


def _received(e: ApplicationReceived) -> AuditSentence:
    return AuditSentence(
        f"收到政府信息公开申请，受理编号{e.receipt}（{e.channel.zh}）",
        f"Application received, receipt {e.receipt} ({e.channel.en})",
    )


def _application_answered(e: ApplicationAnswered) -> AuditSentence:
    late = e.late_days > 0
    return AuditSentence(
        f"答复申请：{e.kind.zh}" + (f"，超期{e.late_days}个工作日" if late else "，未超期"),
        f"Application answered: {e.kind.en}"
        + (f", {e.late_days} working days late" if late else ", in time"),
        mood="late" if late else "done",
    )


def _overdue(e: ApplicationOverdue) -> AuditSentence:
    zh, en = _day(e.due)
    return AuditSentence(f"{zh}到期，未答复：申请超期", f"Due {en} and not answered: overdue", mood="late")


def _erased(e: ApplicantErased) -> AuditSentence:
    return AuditSentence(
        f"依法删除申请人的个人信息（{e.ground.zh}）",
        f"The applicant's personal data was erased: {e.ground.en}",
    )


def _holidays(e: HolidaysAnnounced) -> AuditSentence:
    return AuditSentence(
        f"录入{e.year}年节假日安排：{e.number}《{e.title}》",
        f"Holiday notice for {e.year} entered: {e.number}",
    )


def _scored(e: ScoreChanged) -> AuditSentence:
    return AuditSentence(
        f"{e.year}年度考核{_points(e.points)}分：{e.indicator.zh}",
        f"Score of {e.year} changed by {_points(e.points)}: {e.indicator.en}",
        e.reason,
        "late" if e.points < 0 else "done",
    )


@dataclass(frozen=True, slots=True)
class EventWords:
    """How one type of event is called on pages, and the sentence about one event of it."""

    zh: str
    en: str
    sentence: Callable[[Any], AuditSentence]


WORDS: Mapping[type[Event], EventWords] = {
    UnitRegistered: EventWords("登记单位", "Unit registered", _unit),
    SystemRegistered: EventWords("登记业务系统", "System registered", _system),
    SystemRetired: EventWords("停用业务系统", "System retired", _system_retired),
    DutyDelegated: EventWords("委托代行职责", "Duty delegated", _delegated),
    DelegationWithdrawn: EventWords("撤回委托", "Delegation withdrawn", _withdrawn),
    UnitSucceeded: EventWords("单位变更", "Unit reorganised", _succeeded),
    DocumentDrafted: EventWords("拟稿", "Document drafted", _drafted),
    SecrecyReviewRequested: EventWords("提请保密审查", "Secrecy review requested", _review_requested),
    SecrecyReviewed: EventWords("保密审查意见", "Secrecy reviewed", _reviewed),
    ConsultationRequested: EventWords("征求意见", "Consultation requested", _asked),
    ConsultationAnswered: EventWords("答复征求意见", "Consultation answered", _answered),
    ConsultationLapsed: EventWords("征求意见逾期", "Consultation lapsed", _lapsed),
    DocumentPublished: EventWords("发布", "Document published", _published),
    ApplicationReceived: EventWords("收到申请", "Application received", _received),
    ApplicationAnswered: EventWords("答复申请", "Application answered", _application_answered),
    ApplicationOverdue: EventWords("申请超期", "Application overdue", _overdue),
    ApplicantErased: EventWords("删除个人信息", "Applicant erased", _erased),
    HolidaysAnnounced: EventWords("录入节假日安排", "Holidays announced", _holidays),
    ScoreChanged: EventWords("考核记分", "Score changed", _scored),
}

NAMES: Mapping[str, tuple[str, str]] = {kind.__name__: (words.zh, words.en) for kind, words in WORDS.items()}


def sentence_of(event: Event) -> AuditSentence:
    """Raises KeyError for an event type that isn't registered in WORDS: the trail has to show every event."""
    return WORDS[type(event)].sentence(event)
