"""What is refused about erasures, in words: code, clause, one sentence in both languages. The aggregate decides when."""

from gongkai.contracts.errors import Refused, Sentence


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
