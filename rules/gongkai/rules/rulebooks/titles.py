"""What each value of a rulebook is called, in both languages."""

from collections.abc import Mapping

from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Indicator
from gongkai.rules.rulebooks.questions import QUESTIONS

_SECTIONS = {
    "attributes": ("公开属性", "attribute"),
    "consultations": ("征求意见", "consultation"),
    "deductions": ("扣分", "deduction"),
}

_TITLES: Mapping[str, tuple[str, str]] = {
    "answer": ("答复申请", "answer to an application"),
    "extension": ("延长答复", "extension of the answer"),
    "publish": ("主动公开", "publication"),
    "registration": ("单位登记", "entry of a unit"),
    "review": ("提请保密审查", "request of a secrecy review"),
    "opinion": ("保密审查意见", "opinion of a secrecy review"),
    "terms.correction-notice": ("告知补正", "notice to correct"),
    "terms.third-party": ("第三方答复", "third party's answer"),
    "terms.joint-information": ("被征求机关答复", "answer of another body that was asked"),
    "terms.consult-on-application": ("依申请公开征求意见、会商", "consultation on an application"),
    "terms.fee-payment": ("缴纳处理费", "payment of the handling fee"),
    "terms.reconsideration": ("申请行政复议", "application for reconsideration"),
    "terms.reconsideration-untold": ("未告知救济的，最长", "at most, when the remedy wasn't told"),
    "terms.reconsideration-examined": ("复议机关审查受理", "reconsideration: admission"),
    "terms.reconsideration-served": ("复议机关发送申请书副本", "reconsideration: copy to the body"),
    "terms.reconsideration-reply": ("被申请人书面答复", "reconsideration: the body's reply"),
    "terms.reconsideration-served-simple": ("简易程序发送副本", "simple reconsideration: copy to the body"),
    "terms.reconsideration-reply-simple": ("简易程序书面答复", "simple reconsideration: the body's reply"),
    "terms.suit-defence": ("行政诉讼举证、答辩", "suit: the body's evidence and defence"),
    "terms.consulted-unit-reply": ("本区单位函复", "reply of a consulted unit of the district"),
    "terms.secrecy-unlisted": ("不明确事项报请确定", "a matter that no secrecy scope lists: reported"),
    "terms.secrecy-unlisted-decided": ("不明确事项作出决定", "the same: decided"),
    "terms.suit": ("直接起诉", "suit without reconsideration"),
    "terms.suit-after-reconsideration": ("复议后起诉", "suit after reconsideration"),
    "terms.re-evaluation": ("不予公开信息的定期评估", "re-evaluation of what is withheld"),
    "terms.interpretation": ("政策解读上网", "interpretation online"),
    "terms.catalogue-entry": ("依申请公开目录", "catalogue entry of what is given on application"),
    "terms.topic-raised": ("点题公开反馈", "answer to a topic that was raised"),
    "terms.secrecy-review": ("保密审查", "secrecy review"),
    "terms.withholding-report": ("不予公开报告", "report of a refusal"),
    "terms.public-issue": ("公共政策热点答复", "answer to a hot public issue"),
    "terms.account-silent": ("新媒体停更说明", "explanation of a silent account"),
    "least.public-draft": ("公开征求意见", "public draft"),
    "least.public-draft-urgent": ("紧急情况下公开征求意见", "public draft, urgency stated"),
    "least.hearing-notice": ("听证公告", "notice of a hearing"),
    "least.hearing-papers": ("听证材料送达", "papers of a hearing"),
    "least.discussion-papers": ("座谈会材料送达", "papers of a discussion"),
    "days.annual-report-department": ("部门年度报告", "annual report of a department"),
    "days.annual-report-government": ("政府年度报告", "annual report of the government"),
    "days.annual-report-unit": ("单位年度报告报送", "annual report to the district"),
    "days.monthly-update": ("每月更新并报告", "monthly update and report"),
    "days.self-assessment": ("自查自评", "self-assessment"),
    "spans.first-release": ("突发事件权威首发", "first release in an emergency"),
    "spans.major-emergency-release": ("特别重大、重大突发事件权威信息", "release in a major emergency"),
    "spans.major-emergency-conference": (
        "特别重大、重大突发事件新闻发布会",
        "press conference in a major emergency",
    ),
    "spans.leak-report": ("泄密报告", "report of a leak"),
    "spans.other-response": ("其他舆情回应", "response to other concerns"),
    "counts.hearing-representatives": ("听证代表", "representatives at a hearing"),
    "counts.training-hours": ("年度培训", "yearly training"),
    "counts.class-hour": ("学时", "class hour"),
    "counts.interpretation-plan": ("政策解读方案", "plan of an interpretation"),
    "counts.interpretation-material": ("政策解读材料", "material of an interpretation"),
    "counts.interpretation-content": ("政策解读内容", "content of an interpretation"),
    "paths.secrecy-unclear": ("保密审查不能确定的", "where secrecy review can't tell"),
    "paths.dispute-affects": ("涉及他单位工作，意见不一致的", "disagreement where work is touched"),
    "paths.dispute-coordinate": ("协调发布，意见不一致的", "disagreement where release is coordinated"),
    "paths.dispute-attribute": ("公开属性意见不一致的", "disagreement about the attribute"),
    "paths.dispute-joint": ("联合发文意见不一致的", "disagreement about a joint document"),
    "approvals.required-by-law": ("依法须经批准的信息", "what needs approval by law"),
    "approvals.answer": ("依申请公开的答复", "answers to applications"),
    "approvals.important": ("重要信息", "important information"),
    "paths.secrecy-unlisted": ("保密事项范围没有规定的不明确事项", "a matter that no secrecy scope lists"),
    "exceptions.phone-application": ("电话申请", "application by phone"),
    "exceptions.proposal-reply": ("建议提案答复", "reply to a proposal"),
    "exceptions.accounts": ("政务新媒体账号", "accounts in new media"),
    "exceptions.interaction": ("政务新媒体互动", "interaction in new media"),
    "exceptions.hearing-representatives": ("听证代表人数", "number of representatives at a hearing"),
    "exceptions.joint-publisher": ("联合发文的公开", "publication of a joint document"),
    "exceptions.joint-attribute": ("联合发文的公开属性", "attribute of a joint document"),
    "grades.assessment": ("考核等次", "grades of the assessment"),
    "procedures.outside-catalogue": ("目录以外事项的申请", "applications outside the catalogue"),
    "procedures.outside-catalogue.terms.extension": (
        "目录以外事项：延长",
        "outside the catalogue: extension",
    ),
}


def title(name: str) -> tuple[str, str]:
    """中文 and English of a value by its name (`terms.third-party`). The name itself where nobody gave it one."""
    if name in _TITLES:
        return _TITLES[name]
    section, _, key = name.rpartition(".")
    if key in QUESTIONS:
        of_zh, of_en = ("目录以外事项：", "outside the catalogue: ") if section.count(".") else ("", "")
        return of_zh + QUESTIONS[key].zh, of_en + QUESTIONS[key].en
    for words in (Attribute, ConsultationKind, Indicator):
        if key in tuple(words):
            zh, en = _SECTIONS.get(section, (section, section))
            return f"{zh}：{words(key).zh}", f"{en}: {words(key).en}"
    return name, name
