"""One canonical example of every event: a district's education bureau, its document, and somebody who asks.

`a_document_drafted(title="…")` is the example with that field changed.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from gongkai.contracts.events import (
    ApplicantErased,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    Assignment,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationNeed,
    ConsultationRequested,
    DelegationWithdrawn,
    DisclosureBody,
    DocumentDrafted,
    DocumentPublished,
    DutyDelegated,
    Event,
    EventRef,
    HolidayAnnounced,
    HolidaysAnnounced,
    Officer,
    ScoreChanged,
    Sealed,
    SecrecyReviewed,
    SecrecyReviewRequested,
    Successor,
    SystemRegistered,
    SystemRetired,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import (
    AnswerKind,
    Attribute,
    Category,
    Channel,
    ConsultationKind,
    Duty,
    ErasureGround,
    HandIn,
    Indicator,
    Level,
    Management,
    Opinion,
    Reorganisation,
    Silence,
    StandingMatter,
    StandingRole,
    UnitKind,
)
from tests.unit.given import MONDAY, at, rules

D1, D2, D3 = "d1" * 32, "d2" * 32, "d3" * 32  # three versions of a text
DOCUMENT, APPLICATION, CONSULTATION = "doc-1", "app-1", "con-1"
RULEBOOK, CALENDAR = rules().book.version, rules().calendar.version


def sealed(box: str = "Ym94", person: str = "applicant-1") -> Sealed:
    return Sealed(person=person, nonce="bm9uY2Vub25jZTEy", box=box)


def a_ref(number: int, log: str = "intake", type_: str = "gongkai.DocumentDrafted.v1") -> EventRef:
    return EventRef(log=log, id=UUID(int=number), type=type_, at=MONDAY)


def an_officer(person: str = "wang-fang", name: str = "王芳", *duties: Duty) -> Officer:
    return Officer(person=person, name=name, duties=duties or (Duty.DRAFTER,))


def a_need(unit: str = "finance", kind: ConsultationKind = ConsultationKind.AFFECTS) -> ConsultationNeed:
    return ConsultationNeed(
        unit=unit, kind=kind, matters="涉及财政补助标准", opinion="拟主动公开，依据条例第二十条"
    )


def a_unit_registered(**changes: Any) -> UnitRegistered:
    fields: dict[str, Any] = {
        "unit": "education",
        "name": "区教育局",
        "kind": UnitKind.DEPARTMENT,
        "jurisdiction": "sc",
        "government": "district",
        "superior": None,
        "roles": (StandingRole.PORTAL,),
        "officers": (an_officer("li-qiang", "李强", Duty.DEPUTY, Duty.HEAD), an_officer()),
        "by": "registrar",
        "at": MONDAY,
    }
    return UnitRegistered(**fields | changes)


def a_system_registered(**changes: Any) -> SystemRegistered:
    fields: dict[str, Any] = {
        "system": "education-oa",
        "name": "区教育局办公系统",
        "unit": "education",
        "may": (HandIn.DRAFT, HandIn.APPLICATION),
        "by": "registrar",
        "at": MONDAY,
    }
    return SystemRegistered(**fields | changes)


def a_system_retired(**changes: Any) -> SystemRetired:
    fields: dict[str, Any] = {
        "system": "education-oa",
        "unit": "education",
        "reason": "系统下线",
        "by": "registrar",
        "at": MONDAY,
    }
    return SystemRetired(**fields | changes)


def a_duty_delegated(**changes: Any) -> DutyDelegated:
    fields: dict[str, Any] = {
        "delegation": "leave-1",
        "unit": "education",
        "giver": "wang-fang",
        "taker": "li-qiang",
        "duties": (Duty.DRAFTER,),
        "since": date(2026, 3, 2),
        "until": date(2026, 3, 6),
        "reason": "年休假",
        "by": "wang-fang",
        "at": MONDAY,
    }
    return DutyDelegated(**fields | changes)


def a_delegation_withdrawn(**changes: Any) -> DelegationWithdrawn:
    fields: dict[str, Any] = {
        "delegation": "leave-1",
        "unit": "education",
        "since": date(2026, 3, 2),
        "by": "wang-fang",
        "at": MONDAY,
    }
    return DelegationWithdrawn(**fields | changes)


def a_full_unit_registered(**changes: Any) -> UnitRegistered:
    """The education bureau's entry with all that an entry can say."""
    officers = (
        an_officer("li-qiang", "李强", Duty.DEPUTY, Duty.HEAD),
        an_officer(),
        an_officer("zhao-min", "赵敏", Duty.DISCLOSURE_OFFICER),
    )
    fields: dict[str, Any] = {
        "officers": officers,
        "effective_on": date(2026, 3, 1),
        "level": Level.COUNTY,
        "managed": Management.DUAL,
        "superior": "city-education",
        "code": "91110000600037341L",
        "section": "办公室（政务公开科）",
        "body": DisclosureBody(name="办公室", officer="zhao-min", address="示例路1号", phone="0000-0000000"),
        "assignments": (Assignment(matter=StandingMatter.BUDGET, section="行政后勤科"),),
    }
    return a_unit_registered(**fields | changes)


def a_unit_succeeded(**changes: Any) -> UnitSucceeded:
    fields: dict[str, Any] = {
        "unit": "education",
        "kind": Reorganisation.MERGED,
        "on": date(2026, 6, 1),
        "successors": (Successor(unit="education-sports"),),
        "decided_by": "district",
        "basis": "上编办〔2026〕3号",
        "by": "registrar",
        "at": at("2026-05-20"),
    }
    return UnitSucceeded(**fields | changes)


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


def holidays_announced(**changes: Any) -> HolidaysAnnounced:
    """Invented, for a year whose notice isn't known yet."""

    def off(code: str, zh: str, en: str, first: str, last: str, *make_up: str) -> HolidayAnnounced:
        day = date.fromisoformat
        worked = tuple(day(each) for each in make_up)
        return HolidayAnnounced(code=code, zh=zh, en=en, first=day(first), last=day(last), make_up=worked)

    fields: dict[str, Any] = {
        "year": 2027,
        "number": "国办发明电〔2026〕9号",
        "dated": date(2026, 2, 27),
        "title": "国务院办公厅关于2027年部分节假日安排的通知（虚构）",
        "holidays": (
            off("new-year", "元旦", "New Year's Day", "2027-01-01", "2027-01-03"),
            off(
                *("spring-festival", "春节", "Spring Festival", "2027-02-05", "2027-02-11"),
                *("2027-01-31", "2027-02-20"),
            ),
            off("tomb-sweeping", "清明节", "Tomb-Sweeping Day", "2027-04-03", "2027-04-05"),
            off("labour-day", "劳动节", "Labour Day", "2027-05-01", "2027-05-05", "2027-05-08"),
            off("dragon-boat", "端午节", "Dragon Boat Festival", "2027-06-09", "2027-06-09"),
            off("mid-autumn", "中秋节", "Mid-Autumn Festival", "2027-09-15", "2027-09-15"),
            off("national-day", "国庆节", "National Day", "2027-10-01", "2027-10-07", "2027-10-09"),
        ),
        "calendar": "2027@国办发明电〔2026〕9号#00000000",
        "by": "registrar",
        "at": MONDAY,
    }
    return HolidaysAnnounced(**fields | changes)


EXAMPLES: tuple[Callable[..., Event], ...] = (
    a_unit_registered,
    a_system_registered,
    a_system_retired,
    a_duty_delegated,
    a_delegation_withdrawn,
    a_unit_succeeded,
    a_document_drafted,
    an_application_received,
    an_application_answered,
    an_application_overdue,
    an_applicant_erased,
    a_review_requested,
    a_secrecy_reviewed,
    a_consultation_requested,
    a_consultation_answered,
    a_consultation_lapsed,
    a_document_published,
    a_score_changed,
    holidays_announced,
)
