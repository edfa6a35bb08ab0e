"""What review refuses, in words: code, clause, one sentence in both languages. When, the aggregates say."""

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence

# -- secrecy review


def unknown_review() -> BadInput:
    says = Sentence("该文件尚未提请保密审查。", "No review was requested for this document.")
    return BadInput("review.unknown", says, field="/document", clause="GT-review", status=404)


def other_version(clause: ClauseId) -> Refused:
    says = Sentence(
        "一事一议：送审的不是这一稿，请审查最新一稿。",
        "One matter, one review: this isn't the version under review. Review the newest one.",
    )
    return Refused("review.other-version", clause, says, field="/digest", status=409)


def own_draft(clause: ClauseId) -> Refused:
    says = Sentence("拟稿人不得审查自己拟制的文稿。", "Nobody reviews a draft of their own.")
    return Refused("review.own-draft", clause, says, status=409)


def no_basis(clause: ClauseId) -> Refused:
    says = Sentence("审查意见应当注明依据。", "An opinion states its basis.")
    return Refused("review.no-basis", clause, says, field="/basis")


def no_reason(clause: ClauseId) -> Refused:
    says = Sentence("审查意见应当注明理由。", "An opinion states its reason.")
    return Refused("review.no-reason", clause, says, field="/reason")


def concluded(clause: ClauseId) -> Refused:
    says = Sentence(
        "该稿已有审查意见；改变意见须改稿后重新送审。",
        "This version has its opinion: another opinion takes another version.",
    )
    return Refused("review.concluded", clause, says, field="/opinion", status=409)


def referred(clause: ClauseId) -> Refused:
    says = Sentence(
        "您已将该稿报审，应由有权确定的部门提出意见。",
        "You referred this version upwards: those with authority decide it now.",
    )
    return Refused("review.referred", clause, says, field="/opinion", status=409)


# -- consultation


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
