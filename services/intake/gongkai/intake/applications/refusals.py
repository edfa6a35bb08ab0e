"""What is refused about applications, in words: code, clause, one sentence in both languages. The aggregate decides when."""

from datetime import date

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.vocabulary import AnswerKind, UnitKind


def unknown_application() -> BadInput:
    says = Sentence("没有这件申请。", "There is no such application.")
    return BadInput("application.unknown", says, field="/application", clause="GT-register", status=404)


def wrong_code() -> BadInput:
    """For an unknown receipt, too: neither is confirmed."""
    says = Sentence("没有这件申请，或者查询码不对。", "There is no such application, or the code is wrong.")
    return BadInput("application.unknown", says, field="/receipt", clause="GT-register", status=404)


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
        f"“{kind.en}” withholds nothing, so it can't carry_out_and_answer a ground for withholding.",
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
