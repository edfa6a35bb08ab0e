"""What is refused about proposed answers, in words: code, clause, one sentence in both languages."""

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.errors import BadInput, Refused, Sentence


def no_proposal() -> BadInput:
    says = Sentence("这件申请没有正在报签的答复。", "No answer to this application waits for its sign-off.")
    return BadInput("answer.not-proposed", says, field="/application", clause="GT-register", status=404)


def nothing_proposed(clause: ClauseId) -> Refused:
    says = Sentence(
        "没有正在报签的这份答复：可能已撤回、更换，或者尚未报签。",
        "No such answer waits for its sign-off: it was withdrawn or replaced, or isn't proposed yet.",
    )
    return Refused("answer.nothing-proposed", clause, says, field="/proposal", status=409)
