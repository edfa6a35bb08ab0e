"""救济: what somebody can do against an answer, or against none, by the rules of the day it was decided (GT-remedy)."""

from dataclasses import dataclass

from gongkai.contracts.clauses import ClauseId, clause
from gongkai.contracts.vocabulary import AnswerKind
from gongkai.rules.rulebooks import ChoiceRule, Rulebook, TermRule


@dataclass(frozen=True, slots=True)
class Remedy:
    """One sentence in both languages, and where it is written."""

    zh: str
    en: str
    clause: ClauseId
    article: str | None


@clause("GT-remedy")
def remedy(book: Rulebook, kind: AnswerKind | None) -> Remedy | None:
    """`kind` None: not answered in time. `book`: of the day of the answer, or of today. None under Order 492, whose remedies
    no rulebook states."""
    rule = _way(book, kind)
    reconsideration, suit = book.terms.get("reconsideration"), book.terms.get("suit")
    after = book.terms.get("suit-after-reconsideration")
    if rule is None or reconsideration is None or suit is None or after is None:
        return None
    against_zh, against_en = (
        ("不服逾期不答复的", "the delay") if kind is None else ("不服本答复的", "this answer")
    )
    zh, en = _SAYS[rule.choice](reconsideration, suit, after)
    return Remedy(f"{against_zh}，{zh}", f"Against {against_en}: {en}", rule.clause, rule.article)


def _way(book: Rulebook, kind: AnswerKind | None) -> ChoiceRule | None:
    match kind:
        case None:
            return book.choices.get("remedy-overdue")
        case AnswerKind.WITHHELD | AnswerKind.PARTLY_DISCLOSED:
            return book.choices.get("remedy-refusal")
        case AnswerKind.OTHER_LAW:
            return book.choices.get("remedy-query")
        case _:
            return book.choices.get("remedy-other")


def _reconsideration_first(reconsideration: TermRule, _: TermRule, after: TermRule) -> tuple[str, str]:
    return (
        f"应当自知道之日起{reconsideration.term.zh}内先申请行政复议；不服复议决定的，自收到复议决定书之日起"
        f"{after.term.zh}内向人民法院起诉。",
        f"apply for administrative reconsideration first, within {reconsideration.term.en} of knowing of it; against its "
        f"decision bring a suit within {after.term.en} of receiving it.",
    )


def _either(reconsideration: TermRule, suit: TermRule, _: TermRule) -> tuple[str, str]:
    return (
        f"可以自知道之日起{reconsideration.term.zh}内申请行政复议，也可以自知道之日起{suit.term.zh}内直接向人民法院起诉。",
        f"apply for administrative reconsideration within {reconsideration.term.en} of knowing of it, or bring a suit "
        f"within {suit.term.en} of knowing of it.",
    )


_SAYS = {"reconsideration-first": _reconsideration_first, "either": _either}
