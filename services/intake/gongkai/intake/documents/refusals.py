"""What is refused about drafts, in words: code, clause, one sentence in both languages. The aggregate decides when."""

from collections.abc import Iterable
from datetime import date

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.vocabulary import Attribute


def unknown_document() -> BadInput:
    return BadInput("document.unknown", Sentence("没有这份文件。", "No such document."), status=404)


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


def no_such_text() -> Refused:
    says = Sentence(
        "本单位没有上传过该摘要对应的正文。请先上传正文。",
        "Your unit uploaded no text with that digest. Upload the text first.",
    )
    return Refused("document.no-text", "GT-review", says, field="/digest")


def not_text(zh: str, en: str, status: int = 422, field: str = "/body") -> BadInput:
    return BadInput("text.not-text", Sentence(zh, en), field=field, clause="LS-2", status=status)


def _zh(attributes: Iterable[Attribute]) -> str:
    return "、".join(a.zh for a in attributes)


def _en(attributes: Iterable[Attribute]) -> str:
    return ", ".join(a.en for a in attributes)


def being_released(clause: ClauseId) -> Refused:
    says = Sentence(
        "该稿正在发布，暂不能改稿；发布办结后（至多两分钟）请再次报送。",
        "This version is being released and can't be edited now. Hand it in again when the release has ended, in two minutes "
        "at most.",
    )
    return Refused("document.being-released", clause, says, field="/document", status=409)
