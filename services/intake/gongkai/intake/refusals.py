"""What intake refuses, in words: code, clause, one sentence in both languages. When, the aggregates say.

Units: unit_refusals.py."""

from collections.abc import Iterable
from datetime import date

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.vocabulary import AnswerKind, Attribute, UnitKind

# -- delegations


def not_his_to_give(giver: str) -> Refused:
    says = Sentence(
        f"只能委托“{giver}”本人在该单位的职责；审计职责不得委托。",
        f"Only duties that {giver} holds in that unit can be handed on; an auditor's can't.",
    )
    return Refused("delegation.not-held", "SC-1.3", says, field="/duties")


def no_colleague() -> Refused:
    says = Sentence(
        "受托人应为本单位的另一名工作人员，且不是审计人员。",
        "It goes to another officer of the same unit, who is no auditor.",
    )
    return Refused("delegation.no-colleague", "SC-1.3", says, field="/taker")


def delegation_days() -> Refused:
    says = Sentence(
        "委托期限最早自今日起，最长一年，止日不得早于起日。",
        "It begins today at the earliest, lasts a year at most, and doesn't end before it begins.",
    )
    return Refused("delegation.days", "SC-1.3", says, field="/since")


def delegation_taken() -> Refused:
    says = Sentence("已有同编号的委托，请另行委托。", "There is a delegation of that id: make another one.")
    return Refused("delegation.taken", "SC-1.3", says, field="/delegation", status=409)


def unknown_delegation() -> BadInput:
    says = Sentence("没有这项委托。", "There is no such delegation.")
    return BadInput("delegation.unknown", says, field="/delegation", clause="SC-1.3", status=404)


# -- agencies' systems


def another_unit(unit: str) -> Refused:
    says = Sentence(
        f"该系统只能代表“{unit}”；代表其他单位的，请另行登记一个系统。",
        f"This system speaks for {unit} only: register another one for another unit.",
    )
    return Refused("system.another-unit", "SC-1.1", says, field="/unit", status=409)


def nothing_to_hand_in() -> Refused:
    says = Sentence("请至少选择一类报送内容。", "Say at least one kind of matter that it may hand in.")
    return Refused("system.hands-in-nothing", "SC-1.1", says, field="/may")


def unknown_system() -> BadInput:
    says = Sentence("没有登记过这个系统。", "No such system was ever registered.")
    return BadInput("system.unknown", says, field="/system", clause="SC-1.1", status=404)


# -- documents


def reserved_id() -> BadInput:
    says = Sentence("“new”不能用作文件编号。", "A document can't have the id “new”.")
    return BadInput("document.reserved-id", says, field="/document", clause="GT-guide")


def formed_out_of_range(first: date, last: date) -> Refused:
    says = Sentence(
        f"成文日期应在{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日之间。",
        f"A document's date lies between {first} and {last}.",
    )
    return Refused("document.formed-out-of-range", "GT-guide", says, field="/formed_on")


def other_units_document() -> Refused:
    says = Sentence(
        "该文件由其他单位制作，谁制作、谁公开，本单位不能改稿。",
        "Another unit made this document: who made it discloses it, and nobody else redrafts it.",
    )
    return Refused("document.other-unit", "GT-owner", says, field="/document", status=409)


def no_attribute(known: Iterable[Attribute], clause: ClauseId) -> Refused:
    says = Sentence(
        f"未标注公开属性，不得发文。请选择：{_zh(known)}。",
        f"No disclosure attribute, no issue. Choose one of: {_en(known)}.",
    )
    return Refused("document.no-attribute", clause, says, field="/attribute")


def unknown_attribute(known: Iterable[Attribute], clause: ClauseId) -> Refused:
    says = Sentence(
        f"本单位适用的规则没有这一公开属性。请选择：{_zh(known)}。",
        f"The unit's rulebook has no such attribute. Choose one of: {_en(known)}.",
    )
    return Refused("document.unknown-attribute", clause, says, field="/attribute")


def no_reason(attribute: Attribute, clause: ClauseId) -> Refused:
    says = Sentence(
        f"公开属性为“{attribute.zh}”的，应当说明理由；未说明理由的不得发文。",
        f"“{attribute.en}” needs a reason: without one the document can't be issued.",
    )
    return Refused("document.no-reason", clause, says, field="/reason")


def consults_itself(index: int, clause: ClauseId) -> Refused:
    says = Sentence("征求意见的对象应当是其他单位。", "Only another unit can be consulted.")
    return Refused("document.consults-itself", clause, says, field=f"/consult/{index}/unit")


def consults_twice(index: int, clause: ClauseId) -> Refused:
    says = Sentence(
        "同一稿向同一单位征求意见只发一次函，请合并事项。",
        "One version, one letter to a unit: put the matters together.",
    )
    return Refused("document.consults-twice", clause, says, field=f"/consult/{index}/unit")


# -- applications


def unknown_application() -> BadInput:
    says = Sentence("没有这件申请。", "There is no such application.")
    return BadInput("application.unknown", says, field="/application", clause="GT-register", status=404)


def already_received() -> Refused:
    says = Sentence("该编号下已登记另一件申请。", "Another application is registered under this id.")
    return Refused("application.already-received", "GT-register", says, field="/application", status=409)


def received_in_future() -> Refused:
    says = Sentence("收到申请的日期不能晚于今天。", "The day of receipt can't be after today.")
    return Refused("application.received-in-future", "GT-received", says, field="/received_on")


def received_too_long_ago(first: date) -> Refused:
    says = Sentence(
        f"收到申请的日期不能早于{first.year}年{first.month}月{first.day}日。",
        f"The day of receipt can't be before {first}.",
    )
    return Refused("application.received-too-long-ago", "GT-received", says, field="/received_on")


def already_answered(on: date) -> Refused:
    says = Sentence(
        f"该申请已于{on.year}年{on.month}月{on.day}日答复，不能另行答复。",
        f"This application was answered on {on}: there is one answer.",
    )
    return Refused("application.already-answered", "GT-answer", says, field="/application", status=409)


def not_due(clause: ClauseId) -> Refused:
    says = Sentence("答复期限尚未届满。", "The time to answer isn't over yet.")
    return Refused("application.not-due", clause, says, status=409)


def unknown_ground(index: int, code: str) -> Refused:
    says = Sentence(
        f"“{code}”不是条例第十四条至第十六条的不予公开理由。",
        f"“{code}” is no ground of articles 14 to 16 of the Regulation.",
    )
    return Refused("application.unknown-ground", "GT-grounds", says, field=f"/grounds/{index}")


def no_ground(kind: AnswerKind) -> Refused:
    says = Sentence(
        f"公开为常态：答复为“{kind.zh}”的，应当注明条例第十四条至第十六条的理由。",
        f"Disclosure is the default: “{kind.en}” needs a ground of articles 14 to 16 of the Regulation.",
    )
    return Refused("application.no-ground", "GT-default", says, field="/grounds")


def needless_ground(kind: AnswerKind) -> Refused:
    says = Sentence(
        f"答复为“{kind.zh}”的，没有不予公开的内容，不应注明不予公开理由。",
        f"“{kind.en}” withholds nothing, so it can't carry a ground for withholding.",
    )
    return Refused("application.needless-ground", "GT-grounds", says, field="/grounds")


def institution(name: str, competent: str) -> Refused:
    zh, en = (f"“{competent}”", f" “{competent}”") if competent else ("", "")
    says = Sentence(
        f"“{name}”是公共企事业单位，依照其行业规定公开信息，不受理政府信息公开申请；可以向主管部门{zh}申诉。",
        f"“{name}” is a public enterprise or institution: its sector's rules apply, and it takes no applications. "
        f"You may complain to its competent department{en}.",
    )
    return Refused("application.institution", "GT-scope", says, field="/unit")


def not_addressee(name: str, kind: UnitKind, other: str) -> Refused:
    zh, en = (f"请向“{other}”提出申请", f"Apply to “{other}” instead") if other else ("", "")
    says = Sentence(
        f"“{name}”是{kind.zh}，不以自己的名义受理政府信息公开申请。{zh}{'。' if zh else ''}",
        f"“{name}” ({kind.en}) takes no applications in its own name. {en}{'.' if en else ''}".strip(),
    )
    return Refused("application.not-addressee", "GT-whom", says, field="/unit")


# -- applicants


def still_unanswered(many: int) -> Refused:
    says = Sentence(
        f"该申请人还有{many}件申请没有答复，答复后方可删除其个人信息。",
        f"{many} of this person's applications still wait for an answer: it comes before the erasure.",
    )
    return Refused("applicant.still-unanswered", "GT-register", says, field="/application", status=409)


def erased() -> Refused:
    says = Sentence(
        "申请人的个人信息已依法删除，不能再作答复。",
        "The applicant's personal data was erased by law: nothing more can be answered.",
    )
    return Refused("applicant.erased", "GT-register", says, field="/application", status=409)


def _zh(attributes: Iterable[Attribute]) -> str:
    return "、".join(a.zh for a in attributes)


def _en(attributes: Iterable[Attribute]) -> str:
    return ", ".join(a.en for a in attributes)
