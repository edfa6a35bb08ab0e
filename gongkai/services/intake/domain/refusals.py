"""What intake refuses, in words: code, clause, one sentence in both languages. When, the aggregates say."""

from collections.abc import Iterable
from datetime import date

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.vocabulary import AnswerKind, Attribute

# -- units


def fixed_id(unit: str) -> Refused:
    says = Sentence(
        f"单位编号一经登记不得变更，原编号为“{unit}”。",
        f"A unit keeps the id it was registered under: {unit}.",
    )
    return Refused("unit.fixed-id", "SC-1.1", says, field="/unit", status=409)


def own_superior() -> Refused:
    says = Sentence("单位的上级主管部门不能是它自己。", "A unit can't be its own superior.")
    return Refused("unit.own-superior", "SC-1.2", says, field="/superior")


def officer_twice(index: int, name: str) -> Refused:
    says = Sentence(
        f"人员“{name}”重复登记，请把其职责写在同一条中。",
        f"{name} is entered twice: put all duties of a person in one entry.",
    )
    return Refused("unit.officer-twice", "SC-1.3", says, field=f"/officers/{index}/person")


def reserved_person(index: int, person: str) -> Refused:
    says = Sentence(
        f"“{person}”是系统保留的人员编号，不能登记给工作人员。",
        f"The id {person} is the system's own: no officer can have it.",
    )
    return Refused("unit.reserved-person", "SC-1.3", says, field=f"/officers/{index}/person")


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
