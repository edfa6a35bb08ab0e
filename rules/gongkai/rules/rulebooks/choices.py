"""Values that choose: a coded answer, the way that a case goes, what needs whose approval, who allows an exception, and a
procedure apart."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Self

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, PrivateAttr, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from gongkai.rules.rulebooks.questions import BODIES, QUESTIONS, SUBJECTS
from gongkai.rules.rulebooks.values import TermRule, Value, Words

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]


def _listed(code: str, known: Mapping[str, object]) -> str:
    if code not in known:
        raise PydanticCustomError(
            "code",
            "没有代码“{code}”，可用：{known} · there is no {code}; there are {known}",
            {"code": code, "known": "、".join(known)},
        )
    return code


Body = Annotated[str, AfterValidator(lambda code: _listed(code, BODIES))]
Subject = Annotated[str, AfterValidator(lambda code: _listed(code, SUBJECTS))]


class ChoiceRule(Value):
    """A coded answer. Which answers a question has, and which asks more, `QUESTIONS` says; see `Answers`."""

    choice: Name
    _question: str = PrivateAttr(default="")

    def looser_than(self, law: Self) -> bool:
        """To a fixed question there is one answer everywhere, a national reading of it too."""
        if QUESTIONS[self._question].fixed:
            return self.choice != law.choice
        return super().looser_than(law)

    def _looser(self, law: Self) -> bool:
        question = QUESTIONS[self._question]
        return question.options[self.choice].rank > question.options[law.choice].rank

    def shown(self) -> dict[str, str]:
        option = QUESTIONS[self._question].options[self.choice]
        return {"zh": option.zh, "en": option.en}


def _answer(question: str, rule: ChoiceRule) -> ChoiceRule:
    _listed(rule.choice, QUESTIONS[question].options)
    rule._question = question  # where a rule stands is what it answers
    return rule


class _ByQuestion:
    """Each question with its own answers, so that a wrong one is told with its line."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        answered = {
            name: core_schema.typed_dict_field(
                core_schema.no_info_after_validator_function(
                    partial(_answer, name), handler.generate_schema(ChoiceRule)
                ),
                required=False,
            )
            for name in QUESTIONS
        }
        return core_schema.typed_dict_schema(answered, extra_behavior="forbid")


Answers = Annotated[Mapping[str, ChoiceRule], _ByQuestion]


class PathRule(Value):
    """Where a case goes, step by step; a step may be one of several bodies."""

    steps: Annotated[tuple[Annotated[tuple[Body, ...], Field(min_length=1)], ...], Field(min_length=1)]

    def _looser(self, law: Self) -> bool:
        """True when it never comes to one of those whom the law has decide in the end."""
        return not set(law.steps[-1]) & {body for step in self.steps for body in step}

    def shown(self) -> dict[str, str]:
        return {
            "zh": " → ".join("或者".join(BODIES[body][0] for body in step) for step in self.steps),
            "en": " → ".join(" or ".join(BODIES[body][1] for body in step) for step in self.steps),
        }


class ApprovalRule(Value):
    """What isn't released or sent without the approval of all of these, in this order."""

    subjects: Annotated[tuple[Subject, ...], Field(min_length=1)]
    approvals: Annotated[tuple[Body, ...], Field(min_length=1)]

    def _looser(self, law: Self) -> bool:
        return not (set(law.subjects) <= set(self.subjects) and set(law.approvals) <= set(self.approvals))

    def shown(self) -> dict[str, str]:
        subjects = [SUBJECTS[code] for code in self.subjects]
        bodies = [BODIES[code] for code in self.approvals]
        return {
            "zh": f"{'、'.join(zh for zh, _ in subjects)}：经{'和'.join(zh for zh, _ in bodies)}批准",
            "en": f"{', '.join(en for _, en in subjects)}: approved by {' and '.join(en for _, en in bodies)}",
        }


class ExceptionRule(Value):
    """原则上: what holds as a rule, and who may allow an exception. An exception is let through with its reason and who
    allowed it, both recorded, and counted; it is never forbidden.
    """

    rule_zh: Words
    rule_en: Words
    allowed_by: Body

    def _looser(self, law: Self) -> bool:
        return self.allowed_by != law.allowed_by

    def shown(self) -> dict[str, str]:
        zh, en = BODIES[self.allowed_by]
        return {
            "zh": f"原则上{self.rule_zh}；例外须记录理由，由{zh}批准",
            "en": f"as a rule {self.rule_en}; an exception with its reason, allowed by {en}",
        }


class Procedure(Value):
    """A procedure apart, with terms and answers of its own: the law's terms don't bind it, nor does it touch theirs."""

    zh: Words
    en: Words
    terms: Mapping[Name, TermRule] = {}
    choices: Answers = Field(default_factory=dict)

    def _looser(self, law: Self) -> bool:
        return False

    def shown(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    def over(self, other: Self) -> Self:
        """Itself, with what the other has and it leaves out."""
        own = {"terms": {**other.terms, **self.terms}, "choices": {**other.choices, **self.choices}}
        return self.model_copy(update=own)

    def entries(self) -> Iterator[tuple[tuple[str, ...], Value]]:
        """Its own values, by section and name."""
        for name, term in self.terms.items():
            yield ("terms", name), term
        for name, choice in self.choices.items():
            yield ("choices", name), choice
