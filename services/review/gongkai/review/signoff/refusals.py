"""What a sign-off refuses: code, clause, one sentence in both languages. When, the aggregate decides."""

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence


def unknown_sign_off() -> BadInput:
    says = Sentence("该事项没有送签。", "Nothing of this case was given to anybody to sign.")
    return BadInput("signoff.unknown", says, field="/case", clause="GT-register", status=404)


def other_subject(clause: ClauseId) -> Refused:
    says = Sentence(
        "所签的不是现在送签的内容，请重新查阅后再签。",
        "This isn't what waits for a signature now: read that, then sign.",
    )
    return Refused("signoff.other-subject", clause, says, field="/digest", status=409)


def ended(clause: ClauseId) -> Refused:
    says = Sentence(
        "这次签批已经结束：已签完、已退回或者已作废。",
        "This sign-off is over: it was completed, returned or voided.",
    )
    return Refused("signoff.ended", clause, says, status=409)


def own_proposal(clause: ClauseId) -> Refused:
    says = Sentence(
        "报签人不得签批自己的报签，也不得由他人代其签批；由主要负责人签批。",
        "Nobody signs what he proposed himself, nor does somebody in his place: the head signs it.",
    )
    return Refused("signoff.own-proposal", clause, says, status=409)


def no_opinion(clause: ClauseId) -> Refused:
    says = Sentence("退回的，应当写明意见。", "Who returns it says why.")
    return Refused("signoff.no-opinion", clause, says, field="/opinion")
