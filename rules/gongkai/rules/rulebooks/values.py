"""The kinds of value in a rulebook. Each names its clause, and knows when it is looser than the law."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from gongkai.contracts.vocabulary import Silence
from gongkai.rules.term import WrittenTerm

Clause = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Za-z0-9.-]+$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Data(BaseModel):
    """Read from a file once, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(Data):
    """Our interpretation where the text leaves the value open. It can be changed without changing the law."""

    zh: Words
    en: Words


class Value(Data):
    """A value with its clause. With a `reading` it is our interpretation, not the text's.

    `article`: where it is written, when the clause's id stands for more than one law.
    """

    clause: Clause
    article: Words | None = None
    reading: Reading | None = None

    def looser_than(self, law: Self) -> bool:
        """True when the law's own words forbid this. A national `reading` is only a default, which an overlay may loosen."""
        return law.reading is None and self._looser(law)

    def _looser(self, law: Self) -> bool:
        raise NotImplementedError

    def shown(self) -> dict[str, str]:
        """The value in both languages, for a person."""
        raise NotImplementedError


class Basis(Value):
    """The clause under which a step is taken, and nothing more."""

    def _looser(self, law: Self) -> bool:
        return False

    def shown(self) -> dict[str, str]:
        return {"zh": "依该条款办理", "en": "as that clause says"}


class AttributeRule(Value):
    """A 公开属性 that is known here, and whether a draft that bears it needs a reason."""

    reason_required: bool

    def _looser(self, law: Self) -> bool:
        return law.reason_required and not self.reason_required

    def shown(self) -> dict[str, str]:
        if self.reason_required:
            return {"zh": "须说明理由", "en": "reason required"}
        return {"zh": "无须说明理由", "en": "no reason required"}


class TermRule(Value):
    """A term. Shorter is stricter, unless it is the applicant's own time: nobody but the law shortens or lengthens that.

    `applicant`: it is.
    """

    term: WrittenTerm
    applicant: bool = False

    def _looser(self, law: Self) -> bool:
        return self.term != law.term if law.applicant else self.term.longer_than(law.term)

    def shown(self) -> dict[str, str]:
        return {"zh": self.term.zh, "en": self.term.en}


class ConsultationRule(Value):
    """How long a consulted unit has to answer, and what its silence means then. `urgent`: urgent letters at once."""

    term: WrittenTerm
    silence: Silence
    urgent: bool = False

    def _looser(self, law: Self) -> bool:
        lenient = self.silence is Silence.CONSENT and law.silence is Silence.NEVER_CONSENT
        slower = law.urgent and not self.urgent
        return lenient or slower or self.term.longer_than(law.term)

    def shown(self) -> dict[str, str]:
        zh, en = ("（紧急的即时答复）", " (urgent: at once)") if self.urgent else ("", "")
        return {
            "zh": f"{self.term.zh}{zh}，逾期{self.silence.zh}",
            "en": f"{self.term.en}{en}; {self.silence.en}",
        }


def _hundredths(written: object) -> object:
    """`-6.00` points, as a rulebook writes them, are -600 hundredths."""
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise ValueError("points are a number with at most two decimals")
    hundredths = Decimal(str(float(written))) * 100
    if hundredths != hundredths.to_integral_value():
        raise ValueError("points have at most two decimals")
    return int(hundredths)


class PointsRule(Value):
    """What a case costs, in hundredths of a point (negative), and why."""

    points: Annotated[int, BeforeValidator(_hundredths), Field(le=0)]
    reading: Reading

    @property
    def reason_zh(self) -> str:
        return self.reading.zh

    @property
    def reason_en(self) -> str:
        return self.reading.en

    def _looser(self, law: Self) -> bool:
        return self.points > law.points

    def shown(self) -> dict[str, str]:
        return {"zh": f"{self.points / 100:+.2f}分", "en": f"{self.points / 100:+.2f} points"}
