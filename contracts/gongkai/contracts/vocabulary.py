"""The coded words of the field: every code with its Chinese and English name and the clause it comes from."""

from enum import StrEnum
from typing import TYPE_CHECKING, Self


class CodedTerm(StrEnum):
    """A code that knows its names. Members are written `CODE = "code", "中文", "English", "clause"`."""

    _value_: str
    zh: str
    en: str
    clause: str

    if not TYPE_CHECKING:  # a checker would then ask for all four when a member is looked up by its code

        def __new__(cls, code: str, zh: str, en: str, clause: str) -> Self:
            member = str.__new__(cls, code)
            member._value_ = code
            member.zh = zh
            member.en = en
            member.clause = clause
            return member


class Attribute(CodedTerm):
    """公开属性. A jurisdiction's rulebook says which of them it knows and which need a reason."""

    PROACTIVE = "proactive", "主动公开", "proactive disclosure", "CX-6"
    AFTER_DECLASSIFICATION = (
        "after-declassification",
        "脱密后公开",
        "disclosed after declassification",
        "CX-6",
    )
    ON_APPLICATION = "on-application", "依申请公开", "disclosed on application", "CX-6"
    AFTER_REDACTION = "after-redaction", "删减后公开", "disclosed after redaction", "CX-6"
    PARTIAL = "partial", "部分公开", "disclosed in part", "LS-10a"
    WITHHELD = "withheld", "不予公开", "not disclosed", "CX-6"


class Category(CodedTerm):
    """公文类 or 非公文类 (楚雄 第二条)."""

    OFFICIAL_DOCUMENT = "official-document", "公文类", "official document", "CX-2"
    OTHER = "other", "非公文类", "other information", "CX-2"


class Form(CodedTerm):
    """In which form information is held (烈山 第二条)."""

    TEXT = "text", "文字", "text", "LS-2"
    PICTURE = "picture", "图片", "picture", "LS-2"
    CHART = "chart", "图表", "chart", "LS-2"
    AUDIO = "audio", "音频", "sound", "LS-2"
    VIDEO = "video", "视频", "video", "LS-2"
    DRAFT = "draft", "电子文稿", "electronic draft", "LS-2"


class Opinion(CodedTerm):
    """保密审查意见 (五原 保密审查 第九条)."""

    DISCLOSE = "disclose", "公开", "disclose", "WY-B.9"
    EXEMPT = "exempt", "免予公开", "exempt from disclosure", "WY-B.9"
    REFER = "refer", "需报审", "refer upwards", "WY-B.9"


class ConsultationKind(CodedTerm):
    """Why another unit is asked, which picks term and silence rule in the rulebook."""

    AFFECTS = "affects", "涉及其他单位", "touches another unit's work", "SC-3.3"
    COORDINATE = "coordinate", "发布协调", "coordination before publishing", "SC-A1.4c"


class Silence(CodedTerm):
    """What silence means once the time to answer is up."""

    CONSENT = "consent", "视为同意", "silence is consent", "SC-A1.4c"
    NEVER_CONSENT = (
        "never-consent",
        "不视为同意，催办",
        "silence is never consent: remind and escalate",
        "SC-3.3",
    )


class ReleaseEnd(CodedTerm):
    """Why a release that was requested came to nothing."""

    REFUSED = "refused", "未获准发布", "not permitted", "WY-B.4"
    OTHER_VERSION = "other-version", "已有新的一稿", "another version is newest", "WY-B.3"
    EXPIRED = "expired", "准许已过期", "the permit expired", "WY-B.4"


class Channel(CodedTerm):
    """How an application came in (条例第二十九条、第三十一条; 楚雄 第十七条)."""

    ONLINE = "online", "网上申请", "online", "CX-17c"
    LETTER = "letter", "信函", "letter", "CX-17b"
    FAX = "fax", "传真", "fax", "CX-17b"
    IN_PERSON = "in-person", "当面申请", "in person", "CX-17d"
    ORAL = "oral", "口头申请（代填）", "oral, filled in by the clerk", "CX-17a"


class AnswerKind(CodedTerm):
    """答复类型 (条例第三十六条至第三十九条)."""

    ALREADY_PUBLIC = "already-public", "已主动公开", "already public", "GT-kinds"
    DISCLOSED = "disclosed", "予以公开", "disclosed", "GT-kinds"
    PARTLY_DISCLOSED = "partly-disclosed", "部分公开", "partly disclosed", "GT-partial"
    WITHHELD = "withheld", "不予公开", "not disclosed", "GT-grounds"
    NOT_HELD = "not-held", "政府信息不存在", "does not exist", "GT-kinds"
    NOT_OURS = "not-ours", "不属于本机关负责公开", "not ours to disclose", "GT-notours"
    REPEATED = "repeated", "不予重复处理", "repeated request", "GT-kinds"
    OTHER_LAW = "other-law", "按有关法律法规规定办理", "governed by other law", "GT-kinds"
    NOT_AN_APPLICATION = (
        "not-an-application",
        "不作为政府信息公开申请处理",
        "petition, not an application",
        "GT-kinds",
    )


class Ground(CodedTerm):
    """Nothing is withheld without one of these. The code starts with the article.

    Article 14: not disclosed. Article 15: must not be, unless the third party consents or the public interest
    outweighs. Article 16: may be withheld, unless law or rules ask for disclosure.
    """

    STATE_SECRET = "14-state-secret", "属于国家秘密", "state secret", "GT-grounds"
    FORBIDDEN = "14-forbidden", "法律、行政法规禁止公开", "forbidden by law or regulation", "GT-grounds"
    SECURITY = "14-security", "危及国家安全、公共安全、经济安全、社会稳定", "danger to security", "GT-grounds"
    THIRD_PARTY = "15-third-party", "损害第三方合法权益", "harm to a third party's rights", "GT-grounds"
    INTERNAL = "16-internal", "内部事务信息", "internal affairs", "GT-grounds"
    PROCESS = "16-process", "过程性信息", "process information", "GT-grounds"
    ENFORCEMENT = "16-enforcement", "行政执法案卷信息", "enforcement file", "GT-grounds"


class UnitKind(CodedTerm):
    """What sort of body a unit is; it decides which rules apply, and whether it can be applied to."""

    GOVERNMENT = "government", "人民政府", "people's government", "GT-whom"
    DEPARTMENT = "department", "政府部门", "government department", "GT-whom"
    SUBDISTRICT = "subdistrict", "街道办事处", "subdistrict office", "SC-1.1"
    TOWNSHIP = "township", "乡镇人民政府", "township government", "GT-proactive"
    BRANCH = "branch", "派出机构、内设机构", "branch or internal office", "GT-whom"
    AUTHORISED = "authorised", "法律、法规授权的组织", "organisation authorised by law", "GT-scope"
    COORDINATING = "coordinating", "议事协调机构", "coordinating body", "LS-4"
    TEMPORARY = "temporary", "临时机构", "temporary body", "LS-4"
    INSTITUTION = "institution", "公共企事业单位", "public enterprise or institution", "LS-16"


class Level(CodedTerm):
    """At which level of the administration a unit stands (条例第二十七条; 惠州 四)."""

    NATIONAL = "national", "国家级", "national", "GT-whom"
    PROVINCIAL = "provincial", "省级", "provincial", "GT-whom"
    CITY = "city", "市级", "city", "HZ-A4d"
    COUNTY = "county", "县区级", "county or district", "HZ-A4d"
    TOWNSHIP = "township", "乡镇街道级", "township or subdistrict", "HZ-A4d"


class Management(CodedTerm):
    """Which of its two superiors leads a unit; the other one guides (上城 一.2)."""

    LOCAL = "local", "属地管理", "led by the local government", "SC-1.2"
    DUAL = "dual", "双重领导", "dual leadership: the government leads, the superior guides", "SC-1.2"
    VERTICAL = "vertical", "垂直管理", "led by its superior department, guided locally", "SC-1.2"


class Reorganisation(CodedTerm):
    """How a unit ended (条例第十条; 上城 附1 第三条)."""

    ABOLISHED = "abolished", "撤销", "abolished", "SC-A1.3"
    MERGED = "merged", "合并", "merged", "SC-A1.3"
    DIVIDED = "divided", "分立", "divided", "SC-A1.3"
    RENAMED = "renamed", "更名改组", "renamed", "SC-A1.3"
    WITHDRAWN = "withdrawn", "更正：单位存续", "entered in error: the unit goes on", "SC-A1.3"


class BodyDuty(CodedTerm):
    """What a disclosure body does in its unit (五原 主动公开 三)."""

    PROACTIVE = "proactive", "办理主动公开，维护更新信息", "proactive disclosure, kept up to date", "WY-A.3"
    APPLICATIONS = "applications", "接收和处理申请", "receives and handles applications", "WY-A.3"
    SECRECY = "secrecy", "保密审查", "secrecy review", "WY-A.3"
    COMPILATION = (
        "compilation",
        "编制指南、目录、年度计划和年度报告",
        "guide, catalogue, annual plan and report",
        "WY-A.3",
    )
    OTHER = "other", "法律、法规、规章规定的其他职责", "other duties by law", "WY-A.3"


class StandingMatter(CodedTerm):
    """非公文类政府信息 that a section supplies as a standing task (楚雄 第十条)."""

    LEADERS = "leaders", "领导信息", "leaders' information", "CX-10"
    RULES = "rules", "规章和工作规则", "rules and rules of work", "CX-10"
    MEETINGS = "meetings", "政府常务会议信息", "executive meetings", "CX-10"
    PROPOSALS = "proposals", "建议提案、重点工作和重大项目", "proposals, key works and projects", "CX-10"
    REPORT = "report", "政府工作报告和市情简介", "work report and city profile", "CX-10"
    BUDGET = "budget", "行政经费预决算", "administrative budget and accounts", "CX-10"
    EMERGENCY = "emergency", "应急管理信息", "emergency management", "CX-10"
    GAZETTE = "gazette", "政府公报", "gazette", "CX-10"
    PORTAL = "portal", "网站公开栏目发布", "release on the portal", "CX-10"


class StandingRole(CodedTerm):
    """What a unit is for the whole jurisdiction (上城 一.1; 五原 主动公开 一)."""

    AUTHORITY = "authority", "政务公开主管部门", "disclosure authority", "SC-1.1"
    SECRECY = "secrecy", "保密指导部门", "secrecy guidance", "SC-1.1"
    SUPERVISION = "supervision", "监督部门", "supervision", "SC-1.1"
    PORTAL = "portal", "网站管理部门", "portal operator", "SC-1.1"
    NEW_MEDIA = "new-media", "新媒体管理部门", "new media", "SC-1.1"
    WORKING_GROUP = "working-group", "专项工作组及其办公室", "working group and its office", "WY-A.1"


class Duty(CodedTerm):
    """What an officer does in his own unit; rights follow from it."""

    HEAD = "head", "主要负责人", "head", "SC-1.3"
    DEPUTY = "deputy", "分管负责人", "deputy in charge", "SC-1.3"
    DRAFTER = "drafter", "拟稿人", "drafter", "CX-6"
    SECRECY_REVIEWER = "secrecy-reviewer", "保密审查人", "secrecy reviewer", "WY-B.3"
    DISCLOSURE_OFFICER = "disclosure-officer", "政务公开专员", "disclosure officer", "SC-A1.2"
    AUDITOR = "auditor", "审计人员", "auditor", "GT-supervise"


class HandIn(CodedTerm):
    """What an agency's system may hand in for its unit. Never an opinion of the secrecy review: that is a person's."""

    DRAFT = "draft", "文稿", "drafts and their texts", "CX-5"
    CONSULTATION = "consultation", "征求意见答复", "answers to consultations", "SC-3.3"
    PUBLICATION = "publication", "发布", "publication", "WY-B.4"
    APPLICATION = "application", "公开申请", "applications", "GT-apply"
    ANSWER = "answer", "申请答复", "answers to applications", "GT-answer"


class ErasureGround(CodedTerm):
    """Why an applicant's personal data has to go (《个人信息保护法》第四十七条)."""

    PURPOSE = "purpose", "处理目的已实现或者不再必要", "the purpose is served", "GT-register"
    PERIOD = "period", "保存期限已届满", "the time to keep it is over", "GT-register"
    CONSENT = "consent", "个人撤回同意", "the person withdrew consent", "GT-register"
    UNLAWFUL = "unlawful", "违法违规处理", "it was processed unlawfully", "GT-register"


class VoidGround(CodedTerm):
    """Why a sign-off isn't needed any more."""

    WITHDRAWN = "withdrawn", "报签已撤回", "the proposal was withdrawn", "CX-17e"
    ANSWERED = "answered", "申请已另行答复", "the application was answered otherwise", "CX-17e"


class Indicator(CodedTerm):
    """What moves a unit's score. Points and their reason are values of the rulebook."""

    APPLICATION_LATE = "application-late", "依申请公开超期答复", "application answered late", "GT-answer"
    CONSULTATION_SILENT = (
        "consultation-silent",
        "征求意见逾期未复",
        "consultation not answered in time",
        "SC-3.3",
    )
