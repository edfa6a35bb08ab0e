"""What the secrecy review refuses: code, clause, one sentence in both languages. When, the aggregate decides."""

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence


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


def no_opinion(clause: ClauseId) -> Refused:
    says = Sentence("该稿尚无审查意见可撤回。", "This version has no opinion that could be withdrawn.")
    return Refused("review.no-opinion", clause, says, status=409)
