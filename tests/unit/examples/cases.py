"""A document on its way to the public, an application on its way to an answer, and the points that they cost."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from gongkai.contracts.events import (
    ApplicantErased,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationNeed,
    ConsultationObjected,
    ConsultationRequested,
    DocumentDrafted,
    DocumentPublished,
    EventRef,
    HandoverRefused,
    Missing,
    ReleaseClosed,
    ReleasePermitted,
    ReleaseRefused,
    ReleaseRequested,
    ScoreChanged,
    Sealed,
    SecrecyReviewed,
    SecrecyReviewRequested,
    SecrecyReviewWithdrawn,
    VersionHandedOver,
)
from gongkai.contracts.vocabulary import (
    AnswerKind,
    Attribute,
    Category,
    Channel,
    ConsultationKind,
    ErasureGround,
    Indicator,
    Opinion,
    ReleaseEnd,
    Silence,
)
from tests.unit.given import MONDAY, at, rules

D1, D2, D3 = "d1" * 32, "d2" * 32, "d3" * 32  # three versions of a text
DOCUMENT, APPLICATION, CONSULTATION = "doc-1", "app-1", "con-1"
RELEASE = "release-1"
EXPIRES = MONDAY + timedelta(seconds=60)
RULEBOOK, CALENDAR = rules().book.version, rules().calendar.version


def sealed(box: str = "Ym94", person: str = "applicant-1") -> Sealed:
    return Sealed(person=person, nonce="bm9uY2Vub25jZTEy", box=box)


def a_ref(number: int, log: str = "intake", type_: str = "gongkai.DocumentDrafted.v1") -> EventRef:
    return EventRef(log=log, id=UUID(int=number), type=type_, at=MONDAY)


def a_need(unit: str = "finance", kind: ConsultationKind = ConsultationKind.AFFECTS) -> ConsultationNeed:
    return ConsultationNeed(
        unit=unit, kind=kind, matters="涉及财政补助标准", opinion="拟主动公开，依据条例第二十条"
    )


def a_document_drafted(**changes: Any) -> DocumentDrafted:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "title": "关于做好义务教育招生工作的通知",
        "number": "上教〔2026〕5号",
        "category": Category.OFFICIAL_DOCUMENT,
        "attribute": Attribute.PROACTIVE,
        "reason": "",
        "summary": "规定招生范围、时间和办法",
        "digest": D1,
        "media_type": "text/plain",
        "size": 4096,
        "formed_on": date(2026, 3, 2),
        "consult": (),
        "rulebook": RULEBOOK,
        "by": "wang-fang",
        "at": MONDAY,
    }
    return DocumentDrafted(**fields | changes)


def an_application_received(**changes: Any) -> ApplicationReceived:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "receipt": "YSQ-2026-0001",
        "unit": "education",
        "channel": Channel.ONLINE,
        "applicant": sealed("YXBwbGljYW50"),
        "request": sealed("cmVxdWVzdA=="),
        "received_on": date(2026, 3, 2),
        "code_digest": D3,
        "by": "portal",
        "at": MONDAY,
    }
    return ApplicationReceived(**fields | changes)


def an_application_answered(**changes: Any) -> ApplicationAnswered:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "unit": "education",
        "kind": AnswerKind.DISCLOSED,
        "letter": sealed("bGV0dGVy"),
        "grounds": (),
        "answered_on": date(2026, 3, 9),
        "due": date(2026, 3, 30),
        "late_days": 0,
        "rulebook": RULEBOOK,
        "calendar": CALENDAR,
        "by": "zhao-min",
        "at": at("2026-03-09"),
    }
    return ApplicationAnswered(**fields | changes)


def an_application_overdue(**changes: Any) -> ApplicationOverdue:
    fields: dict[str, Any] = {
        "application": APPLICATION,
        "unit": "education",
        "due": date(2026, 3, 30),
        "rulebook": RULEBOOK,
        "calendar": CALENDAR,
        "by": "system",
        "at": at("2026-03-31", 0),
    }
    return ApplicationOverdue(**fields | changes)


def an_applicant_erased(**changes: Any) -> ApplicantErased:
    fields: dict[str, Any] = {
        "person": "applicant-1",
        "application": APPLICATION,
        "unit": "education",
        "ground": ErasureGround.CONSENT,
        "by": "zhao-min",
        "at": at("2026-04-20"),
    }
    return ApplicantErased(**fields | changes)


def a_review_requested(**changes: Any) -> SecrecyReviewRequested:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "title": "关于做好义务教育招生工作的通知",
        "attribute": Attribute.PROACTIVE,
        "digest": D1,
        "drafted_by": "wang-fang",
        "rulebook": RULEBOOK,
        "draft": a_ref(1),
        "by": "system",
        "at": MONDAY,
    }
    return SecrecyReviewRequested(**fields | changes)


def a_secrecy_reviewed(**changes: Any) -> SecrecyReviewed:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "digest": D1,
        "opinion": Opinion.DISCLOSE,
        "basis": ("条例第二十条",),
        "rulebook": RULEBOOK,
        "draft": a_ref(1),
        "reason": "不涉及国家秘密、商业秘密和个人隐私",
        "by": "chen-jing",
        "at": MONDAY,
    }
    return SecrecyReviewed(**fields | changes)


def a_consultation_requested(**changes: Any) -> ConsultationRequested:
    fields: dict[str, Any] = {
        "consultation": CONSULTATION,
        "document": DOCUMENT,
        "digest": D1,
        "title": "关于做好义务教育招生工作的通知",
        "unit": "education",
        "asked": "finance",
        "kind": ConsultationKind.AFFECTS,
        "matters": "涉及财政补助标准",
        "opinion": "拟主动公开，依据条例第二十条",
        "rulebook": RULEBOOK,
        "draft": a_ref(1),
        "by": "system",
        "at": MONDAY,
    }
    return ConsultationRequested(**fields | changes)


def a_consultation_answered(**changes: Any) -> ConsultationAnswered:
    fields: dict[str, Any] = {
        "consultation": CONSULTATION,
        "document": DOCUMENT,
        "digest": D1,
        "unit": "education",
        "asked": "finance",
        "agrees": True,
        "kind": ConsultationKind.AFFECTS,
        "rulebook": RULEBOOK,
        "reason": "",
        "signed_by": None,
        "by": "sun-li",
        "at": MONDAY,
    }
    return ConsultationAnswered(**fields | changes)


def a_consultation_lapsed(**changes: Any) -> ConsultationLapsed:
    fields: dict[str, Any] = {
        "consultation": CONSULTATION,
        "document": DOCUMENT,
        "digest": D1,
        "unit": "education",
        "asked": "finance",
        "kind": ConsultationKind.AFFECTS,
        "silence": Silence.NEVER_CONSENT,
        "due": date(2026, 3, 4),
        "rulebook": RULEBOOK,
        "calendar": CALENDAR,
        "by": "system",
        "at": at("2026-03-05", 0),
    }
    return ConsultationLapsed(**fields | changes)


def a_document_published(**changes: Any) -> DocumentPublished:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "unit_name": "区教育局",
        "title": "关于做好义务教育招生工作的通知",
        "number": "上教〔2026〕5号",
        "category": Category.OFFICIAL_DOCUMENT,
        "summary": "规定招生范围、时间和办法",
        "digest": D1,
        "media_type": "text/plain",
        "size": 4096,
        "formed_on": date(2026, 3, 2),
        "index": "education/2026-bb0e4f49",
        "drafted": a_ref(1),
        "review": a_ref(2, "review", "gongkai.SecrecyReviewed.v1"),
        "consultations": (),
        "rulebook": RULEBOOK,
        "by": "zhao-min",
        "at": MONDAY,
    }
    return DocumentPublished(**fields | changes)


def _release(**fields: Any) -> dict[str, Any]:
    """What all events of a release say."""
    common: dict[str, Any] = {
        "release": RELEASE,
        "document": DOCUMENT,
        "unit": "education",
        "digest": D1,
        "by": "system",
        "at": MONDAY,
    }
    return common | fields


def a_release_requested(**changes: Any) -> ReleaseRequested:
    return ReleaseRequested(
        **_release(draft=a_ref(1), rulebook=RULEBOOK, by="zhao-min") | changes,
    )


def a_release_permitted(**changes: Any) -> ReleasePermitted:
    review = a_ref(2, "review", "gongkai.SecrecyReviewed.v1")
    fields = _release(draft=a_ref(1), review=review, consultations=(), expires=EXPIRES, rulebook=RULEBOOK)
    return ReleasePermitted(**fields | changes)


def a_release_refused(**changes: Any) -> ReleaseRefused:
    missing = Missing(
        code="publication.no-review",
        clause="WY-B.3",
        zh="尚无保密审查意见；未经审查不得公开。",
        en="There is no secrecy review: without one nothing is published.",
    )
    return ReleaseRefused(**_release(draft=a_ref(1), missing=(missing,), rulebook=RULEBOOK) | changes)


def a_version_handed_over(**changes: Any) -> VersionHandedOver:
    permit = a_ref(6, "review", "gongkai.ReleasePermitted.v1")
    return VersionHandedOver(
        **_release(draft=a_ref(1), permit=permit, expires=EXPIRES, rulebook=RULEBOOK) | changes
    )


def a_handover_refused(**changes: Any) -> HandoverRefused:
    permit = a_ref(6, "review", "gongkai.ReleasePermitted.v1")
    fields = _release(draft=a_ref(1), permit=permit, reason=ReleaseEnd.OTHER_VERSION, rulebook=RULEBOOK)
    return HandoverRefused(**fields | changes)


def a_release_closed(**changes: Any) -> ReleaseClosed:
    evidence = a_ref(7, "review", "gongkai.ReleaseRefused.v1")
    return ReleaseClosed(
        **_release(reason=ReleaseEnd.REFUSED, evidence=evidence, rulebook=RULEBOOK) | changes
    )


def a_review_withdrawn(**changes: Any) -> SecrecyReviewWithdrawn:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "digest": D1,
        "opinion": Opinion.DISCLOSE,
        "reason": "发现第三段涉及尚未公开的招生计划",
        "rulebook": RULEBOOK,
        "draft": a_ref(1),
        "by": "chen-jing",
        "at": MONDAY,
    }
    return SecrecyReviewWithdrawn(**fields | changes)


def a_consultation_objected(**changes: Any) -> ConsultationObjected:
    fields: dict[str, Any] = {
        "consultation": CONSULTATION,
        "document": DOCUMENT,
        "digest": D1,
        "unit": "education",
        "asked": "finance",
        "kind": ConsultationKind.AFFECTS,
        "reason": "补助标准尚未批准",
        "signed_by": "zhou-wei",
        "rulebook": RULEBOOK,
        "by": "sun-li",
        "at": MONDAY,
    }
    return ConsultationObjected(**fields | changes)


def a_score_changed(**changes: Any) -> ScoreChanged:
    fields: dict[str, Any] = {
        "unit": "education",
        "year": 2026,
        "indicator": Indicator.APPLICATION_LATE,
        "case": f"application-{APPLICATION}",
        "points": -200,
        "clause": "GT-answer",
        "reason": "依申请公开超期答复",
        "evidence": (a_ref(3, "intake", "gongkai.ApplicationOverdue.v1"),),
        "rulebook": RULEBOOK,
        "by": "system",
        "at": at("2026-03-31", 0),
    }
    return ScoreChanged(**fields | changes)
