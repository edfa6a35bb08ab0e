"""Problem documents of the ingress: bounded in size, and made of what pydantic finds wrong with an event."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic_core import to_json

from gongkai.contracts.envelope import TooLarge
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.problem import Problem
from gongkai.intake.ingress.input_errors import shortened
from gongkai.runtime.problems import FIELD_CLAUSES, document_of

MAX_PROBLEM: Final = 16 * 1024  # bytes of a problem document, as it is sent and stored
MAX_SENTENCE: Final = 500  # characters of a sentence in a document that would be too large


def problem_of(error: Refused | BadInput | TooLarge) -> Problem:
    """The problem document, at most MAX_PROBLEM bytes: fewer of the single errors first, then shorter sentences."""
    problem = Problem(**document_of(error))
    while problem.errors and _too_large(problem):
        problem = problem.model_copy(update={"errors": problem.errors[: len(problem.errors) // 2] or None})
    if _too_large(problem):
        shortenable = ("title", "title_en", "field")
        short = {
            name: sentence[:MAX_SENTENCE]
            for name in shortenable
            if (sentence := getattr(problem, name)) is not None
        }
        problem = problem.model_copy(update=short)
    return problem


def _too_large(problem: Problem) -> bool:
    return len(to_json(problem)) > MAX_PROBLEM


def malformed(errors: Sequence[Any], prefix: str = "") -> BadInput:
    """The first error of a pydantic validation; all of them in `errors`. `prefix`: pointer of what was validated."""
    found = [
        {
            "field": prefix + "".join(f"/{shortened(str(part))}" for part in e["loc"]),
            "code": str(e["type"])[:64],
            "says": str(e["msg"])[:300],
        }
        for e in errors[:20]
    ]
    first = found[0]
    clause = next((c for f, c in FIELD_CLAUSES.items() if first["field"].startswith(prefix + f)), None)
    if first["code"] == "missing":
        says = Sentence(
            f"缺少字段 {first['field']}。请补上后重新提交。",
            f"The field {first['field']} is missing. Add it and send again.",
        )
        return BadInput("input.missing", says, first["field"], clause, errors=tuple(found))
    if first["code"] == "extra_forbidden":
        says = Sentence(
            f"不认识字段 {first['field']}。请删去或更正其名称。",
            f"There is no field {first['field']}. Leave it out, or mend its name.",
        )
        return BadInput("input.unknown-field", says, first["field"], clause, errors=tuple(found))
    says = Sentence(
        f"字段 {first['field']} 的值不符合要求。请更正后重新提交。",
        f"The value of {first['field']} is not of the form required. Mend it and send again.",
    )
    return BadInput("input.malformed", says, first["field"], clause, errors=tuple(found))


def missing(field: str) -> BadInput:
    return malformed([{"loc": (field,), "type": "missing", "msg": "Field required"}], "/data")
