"""What is refused about agencies' systems, in words: code, clause, one sentence in both languages. The aggregate decides when."""

from gongkai.contracts.errors import BadInput, Refused, Sentence


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
