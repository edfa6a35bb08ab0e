"""What regulations answer differently, as questions with coded answers; and the bodies that they send a case to.

A rulebook answers a question with one of its codes. `rank` orders answers by how much they ask: an overlay may answer
the law with a rank as low or lower, never with a higher one. `fixed` questions have the law's answer everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One answer in both languages."""

    zh: str
    en: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A question in both languages, and its answers by code."""

    zh: str
    en: str
    options: Mapping[str, Option]
    fixed: bool = False


_SILENCE = {
    "body-decides": Option("由行政机关依法决定", "the body decides under the law"),
    "consent": Option("视为同意", "counts as consent"),
    "not-agreed": Option("视为不同意", "counts as not agreed", 1),
}
_STARTS = {
    "submission": Option("提交之日", "the day it is handed in"),
    "signed-for": Option("签收之日", "the day it is signed for"),
    "confirmed": Option("双方确认之日", "the day both sides confirm"),
    "learnt": Option("本单位知悉之时", "the moment the unit learnt of it"),
}
_ANSWERED = {
    "decided": Option("作出决定之日", "the day it is decided", 1),
    "posted": Option("交邮之日", "the day it is posted"),
    "signed-for-by-hand": Option("送达签收之日", "the day it is handed over and signed for"),
    "sent": Option("发送之日", "the day it is sent"),
}
_SANCTIONS = {
    "superior": Option("上一级行政机关", "the superior"),
    "disclosure-authority": Option("政府信息公开工作主管部门", "the disclosure authority"),
    "competent-organ": Option(
        "依法有权的机关，由主管部门提出处理建议", "the competent organ, on the authority's proposal"
    ),
    "discipline-commission": Option("纪委监委", "the discipline commission alone"),
}
_REMEDY = {
    "either": Option("可以复议，也可以起诉", "reconsideration or a suit"),
    "reconsideration-first": Option("先复议，再起诉", "reconsideration first, then a suit"),
}

QUESTIONS: Mapping[str, Question] = {
    "joint-publisher": Question(
        "联合发文由谁公开",
        "who publishes a joint document",
        {
            "lead": Option("牵头单位", "the lead unit", 1),
            "drafter": Option("起草单位", "the drafting unit", 1),
            "lead-and-signers": Option(
                "牵头单位，署名单位均有义务", "the lead unit; every signer is obliged too"
            ),
        },
    ),
    "joint-attribute": Question(
        "联合发文的公开属性由谁定",
        "who fixes a joint document's attribute",
        {
            "lead": Option("主办机关，并告知相关部门", "the lead unit, the others are told"),
            "each": Option("按权限各自确定", "each for what is its own"),
        },
    ),
    "joint-parts": Question(
        "涉及多个机关的主动公开信息由谁公开",
        "who publishes what concerns several bodies",
        {
            "each": Option("涉及的机关均应公开", "each of them"),
            "maker": Option(
                "制作机关；共同制作的，牵头机关", "its maker; of what was made jointly, the lead", 1
            ),
        },
    ),
    "shared-data": Question(
        "经共享取得的政务数据由谁公开",
        "who discloses data got by sharing",
        {"maker": Option("制作或者最初获取的机关", "its maker, or who obtained it first")},
        fixed=True,
    ),
    "third-party-silent": Question("第三方逾期不答复", "a third party says nothing", _SILENCE, fixed=True),
    "joint-information-silent": Question(
        "联合制作的信息，被征求机关逾期不答复", "a joint maker says nothing", _SILENCE, fixed=True
    ),
    "not-ours": Question(
        "不属于本机关的申请",
        "an application to the wrong body",
        {
            "name-and-contact": Option("告知理由和有权机关", "told why, and whom to ask instead"),
            "pass-on": Option("转送，并告知去向", "passed on; told where it went"),
        },
    ),
    "refusal-recorded": Question(
        "决定不予公开之后",
        "after a decision not to disclose",
        {
            "reported": Option("书面报告上一级主管部门", "reported in writing to the authority above"),
            "registered": Option("登记备案", "registered", 1),
            "on-file": Option("留卷备查", "kept on file", 2),
        },
    ),
    "publication-text": Question(
        "公开的形式",
        "how much is published",
        {"full-text": Option("全文", "the full text"), "by-law": Option("依法", "as the law says", 1)},
    ),
    "publication-order": Question(
        "发布的时点",
        "when it goes out",
        {
            "within-term": Option("期限内", "within the term"),
            "after-issue": Option("印发后即发布", "once it is issued"),
            "promptly": Option("及时", "promptly"),
        },
    ),
    "publication-rhythm": Question(
        "信息更新",
        "how often information is brought up to date",
        {
            "biweekly": Option("按双周", "every two weeks"),
            "as-formed": Option("随形成随更新", "as it is formed", 1),
        },
    ),
    "interpretation": Question(
        "政策解读",
        "interpretation of a policy",
        {
            "together": Option(
                "与政策同步起草、同步审批、同步发布", "drafted, approved and released together"
            ),
            "in-sequence": Option(
                "发布、解读、回应有序衔接", "release, interpretation, response in sequence", 1
            ),
            "not-asked": Option("未作规定", "not asked for", 2),
        },
    ),
    "solicitation": Question(
        "决策前征求意见",
        "opinions before a decision",
        {
            "before-decision": Option("决策前公开征求", "asked for before it is taken"),
            "by-law": Option("依法", "as the law says", 1),
        },
    ),
    "draft-or-hearing": Question(
        "重大事项公开征求意见与听证",
        "public draft and hearing for important matters",
        {"both": Option("两者都要", "both"), "either": Option("择一即可", "one of the two", 1)},
    ),
    "assessment-time": Question(
        "考核时间",
        "when units are assessed",
        {
            "periodic": Option("定期", "periodically"),
            "checks-and-year-end": Option("日常抽查和年终考评", "spot checks and year end"),
            "year-end": Option("年末，或者次年初", "year end, or early next year"),
            "fourth-quarter": Option("第四季度", "fourth quarter"),
            "ad-hoc": Option("适时", "when it is time"),
        },
    ),
    "grade-fixed-by": Question(
        "考核等次由谁确定",
        "who fixes the grade",
        {
            "disclosure-authority": Option("政务公开主管部门", "the disclosure authority"),
            "county-group": Option("县政务公开领导小组", "the county's leading group"),
            "city-group": Option("市政务公开领导小组", "the city's leading group"),
        },
    ),
    "social-evaluation": Question(
        "社会评议",
        "social evaluation",
        {
            "periodic": Option("定期", "periodically"),
            "yearly-three-grades": Option("每年一次，满意、基本满意、不满意", "yearly, in three grades"),
            "third-party": Option("第三方评估", "by a third party"),
        },
    ),
    "secrecy-review": Question(
        "公开前的保密审查",
        "secrecy review before release",
        {
            "item-by-item": Option("先审查、后公开，逐项审查", "item by item, before release"),
            "by-law": Option("依法审查", "as the law says", 1),
        },
    ),
    "orders-correction": Question("由谁责令改正", "who orders a correction", _SANCTIONS, fixed=True),
    "criticises": Question("由谁督促整改、通报批评", "who urges and criticises", _SANCTIONS, fixed=True),
    "holds-accountable": Question("由谁追究责任", "who holds persons accountable", _SANCTIONS),
    "start-in-person": Question("当面申请的收到日", "receipt, in person", _STARTS, fixed=True),
    "start-signed-post": Question("签收邮件的收到日", "receipt, by signed post", _STARTS, fixed=True),
    "start-ordinary-post": Question("平常信函的收到日", "receipt, by ordinary post", _STARTS, fixed=True),
    "start-online": Question("网上申请的收到日", "receipt, online", _STARTS, fixed=True),
    "start-fax": Question("传真申请的收到日", "receipt, by fax", _STARTS, fixed=True),
    "local-start": Question("地方期限的起算", "where a local term begins", _STARTS),
    "answered-by-post": Question("邮寄答复的答复日", "answered, by post", _ANSWERED),
    "answered-by-hand": Question("当面答复的答复日", "answered, by hand", _ANSWERED),
    "answered-online": Question("网上答复的答复日", "answered, online", _ANSWERED),
    "remedy-refusal": Question("不予公开的救济", "remedy against a refusal", _REMEDY, fixed=True),
    "remedy-overdue": Question("逾期不答复的救济", "remedy against an overdue answer", _REMEDY, fixed=True),
    "remedy-other": Question("其他答复的救济", "remedy against other answers", _REMEDY, fixed=True),
    "remedy-query": Question(
        "告知依其他规定查询的救济", "remedy where another law has its own way to ask", _REMEDY, fixed=True
    ),
    "reconsideration-procedure": Question(
        "复议程序",
        "procedure of reconsideration",
        {
            "ordinary": Option("普通程序", "ordinary"),
            "simple-possible": Option("可以适用简易程序", "the simple one is possible"),
        },
        fixed=True,
    ),
    "nothing-filed": Question(
        "逾期不提交证据、答复",
        "no evidence, no reply in time",
        {"no-evidence": Option("视为没有证据、依据", "counts as no evidence")},
        fixed=True,
    ),
}

# Whom a case goes to when a unit can't settle it.
BODIES: Mapping[str, tuple[str, str]] = {
    "common-superior": ("共同的上一级行政机关", "the common superior"),
    "disclosure-authority": ("本级政府信息公开主管部门", "the disclosure authority of that level"),
    "competent-department": ("有关主管部门", "the competent department"),
    "secrecy-authority": ("保密行政管理部门", "the secrecy authority"),
    "level-by-level": ("逐级上报至有确定权限的部门", "level by level up to the one with authority"),
    "section-one": ("综合一科", "the general section 1"),
    "by-authority": ("按权限可分的，依有权机关意见", "where separable, the competent body's opinion"),
    "county-office": ("县政府办公室会同有关机关", "the county office with the bodies concerned"),
    "negotiation": ("协商", "negotiation"),
    "coordination-meeting": ("协调会", "a coordination meeting"),
    "district-leader": ("分管区领导", "the district leader in charge"),
    "unit-deputy": ("本单位分管负责人", "the unit's deputy in charge"),
    "provincial-secrecy": ("省级保密行政管理部门", "the provincial secrecy administration"),
    "national-secrecy": ("国家保密行政管理部门", "the national secrecy administration"),
    "county-group-office": ("县政务公开领导小组办公室", "the office of the county's leading group"),
    "as-state-prescribes": ("国家规定的权限和程序", "the authority and procedure that the state prescribes"),
}

# What needs approval before it is released or sent.
SUBJECTS: Mapping[str, tuple[str, str]] = {
    "answer": ("依申请公开的答复", "answers to applications"),
    "by-law": ("法律、行政法规和国家有关规定要求批准的", "what laws and state rules ask approval for"),
    "epidemic": ("传染病疫情", "epidemics"),
    "animal-disease": ("重大动物疫情", "major animal diseases"),
    "foreign-trade": ("对外贸易公共信息", "foreign trade"),
    "geographic-data": ("重要地理信息数据", "important geographic data"),
    "statistics": ("统计信息", "statistics"),
    "farm-products": ("农产品质量安全状况", "farm-product quality and safety"),
}
