"""What is refused about delegations, in words: code, clause, one sentence in both languages. The aggregate decides when."""

from gongkai.contracts.errors import BadInput, Refused, Sentence


def not_held(giver: str) -> Refused:
    says = Sentence(
        f"只能委托“{giver}”本人在该单位的职责；审计职责不得委托。",
        f"Only duties that {giver} holds in that unit can be handed on; an auditor's can't.",
    )
    return Refused("delegation.not-held", "SC-1.3", says, field="/duties")


def not_a_colleague() -> Refused:
    says = Sentence(
        "受托人应为本单位的另一名工作人员，且不是审计人员。",
        "It goes to another officer of the same unit, who is no auditor.",
    )
    return Refused("delegation.no-colleague", "SC-1.3", says, field="/taker")


def bad_period() -> Refused:
    says = Sentence(
        "委托期限最早自今日起，最长一年，止日不得早于起日。",
        "It begins today at the earliest, lasts a year at most, and doesn't end before it begins.",
    )
    return Refused("delegation.days", "SC-1.3", says, field="/since")


def id_taken() -> Refused:
    says = Sentence("已有同编号的委托，请另行委托。", "There is a delegation of that id: make another one.")
    return Refused("delegation.taken", "SC-1.3", says, field="/delegation", status=409)


def unknown_delegation() -> BadInput:
    says = Sentence("没有这项委托。", "There is no such delegation.")
    return BadInput("delegation.unknown", says, field="/delegation", clause="SC-1.3", status=404)
