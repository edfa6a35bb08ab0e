"""What a consultation refuses: code, clause, one sentence in both languages. When, the aggregate decides."""

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence


def unknown_consultation() -> BadInput:
    says = Sentence("没有这份征求意见函。", "There is no such consultation.")
    return BadInput("consultation.unknown", says, field="/consultation", clause="GT-coordinate", status=404)


def already_answered(clause: ClauseId) -> Refused:
    says = Sentence("该函已答复，不能另行答复。", "This letter has its answer: there is one.")
    return Refused("consultation.already-answered", clause, says, field="/agrees", status=409)


def own_question(clause: ClauseId) -> Refused:
    says = Sentence(
        "拟稿人不得代表被征求单位答复就本人文稿征求的意见。",
        "Who drafted it can't answer for the unit that is asked about it.",
    )
    return Refused("consultation.own-draft", clause, says, status=409)


def silence_was_consent(clause: ClauseId) -> Refused:
    says = Sentence(
        "回复期限已过，未答复视为同意公开。", "The time to answer is over, and silence was consent."
    )
    return Refused("consultation.lapsed", clause, says, status=409)


def disagrees_without_reason(clause: ClauseId) -> Refused:
    says = Sentence(
        "不同意公开的，应当明确不予发布的理由。", "Who disagrees states why it shouldn't be published."
    )
    return Refused("consultation.no-reason", clause, says, field="/reason")


def not_signed(clause: ClauseId) -> Refused:
    says = Sentence(
        "不同意公开的，应当由本单位分管领导签署书面意见。",
        "A disagreement is signed by the unit's deputy in charge.",
    )
    return Refused("consultation.not-signed", clause, says, field="/signed_by")


def not_a_deputy(clause: ClauseId) -> Refused:
    says = Sentence(
        "签署人应当是本单位的分管领导；无须签署的，请留空。",
        "Who signs is the unit's deputy in charge; leave it empty where nobody has to sign.",
    )
    return Refused("consultation.not-a-deputy", clause, says, field="/signed_by")


def not_due(clause: ClauseId) -> Refused:
    says = Sentence("回复期限尚未届满。", "The time to answer isn't over yet.")
    return Refused("consultation.not-due", clause, says, status=409)


def not_answered(clause: ClauseId) -> Refused:
    says = Sentence(
        "该函尚未答复，没有可撤回的同意；请先答复。",
        "This letter isn't answered: there is no consent to take back. Answer it.",
    )
    return Refused("consultation.not-answered", clause, says, status=409)
