"""The rulebook of one jurisdiction on one day: what a decision gets to see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gongkai.contracts.clauses import clause
from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Indicator
from gongkai.rules.rulebooks.choices import ApprovalRule, ChoiceRule, ExceptionRule, PathRule, Procedure
from gongkai.rules.rulebooks.measures import CountRule, DayRule, GradesRule, LeastRule, SpanRule
from gongkai.rules.rulebooks.overlay import Values
from gongkai.rules.rulebooks.values import AttributeRule, Basis, ConsultationRule, PointsRule, TermRule, Value


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Complete: what the jurisdiction leaves open, the national law or a reading of it fills.

    `version` names what was applied: `sc@2020-06-30+cn@2019-05-15`.
    """

    id: str
    version: str
    attributes: Mapping[Attribute, AttributeRule]
    consultations: Mapping[ConsultationKind, ConsultationRule]
    answer: TermRule
    extension: TermRule
    publish: TermRule
    registration: Basis  # of a unit's entry in the register
    review: Basis  # of a secrecy review's being asked for
    opinion: Basis  # of its opinion
    terms: Mapping[str, TermRule]
    least: Mapping[str, LeastRule]
    days: Mapping[str, DayRule]
    spans: Mapping[str, SpanRule]
    counts: Mapping[str, CountRule]
    paths: Mapping[str, PathRule]
    approvals: Mapping[str, ApprovalRule]
    exceptions: Mapping[str, ExceptionRule]
    grades: Mapping[str, GradesRule]
    procedures: Mapping[str, Procedure]
    choices: Mapping[str, ChoiceRule]  # by question; none where no law of that day says anything
    deductions: Mapping[Indicator, PointsRule]
    values: Values

    @clause("SC-3.3", "SC-A1.4c")
    def consultation(self, kind: ConsultationKind) -> ConsultationRule:
        """Term and reading of silence for a consultation of that kind."""
        return self.consultations[kind]

    def points(self, indicator: Indicator) -> PointsRule:
        """What one case of that indicator costs."""
        return self.deductions[indicator]

    def entries(self) -> Iterator[tuple[str, Value]]:
        """Every value with its name: `answer`, `consultations.affects`."""
        return ((".".join(path), value) for path, value in self.values.entries())


_BY_NAME = (
    "terms",
    "least",
    "days",
    "spans",
    "counts",
    "paths",
    "approvals",
    "exceptions",
    "grades",
    "procedures",
    "choices",
)
_SINGLE = ("answer", "extension", "publish", "registration", "review", "opinion", "attributes")


def complete(id_: str, version: str, values: Values) -> Rulebook:
    """ValueError when the values leave a question open."""
    wanting = [
        *(f"consultations.{kind}" for kind in ConsultationKind if kind not in values.consultations),
        *(f"deductions.{indicator}" for indicator in Indicator if indicator not in values.deductions),
        *(name for name in _SINGLE if not getattr(values, name)),
    ]
    if wanting or not (
        values.answer
        and values.extension
        and values.publish
        and values.registration
        and values.review
        and values.opinion
    ):
        raise ValueError(f"{version} leaves open: {', '.join(wanting)}")
    return Rulebook(
        id=id_,
        version=version,
        attributes=MappingProxyType(dict(values.attributes)),
        consultations=MappingProxyType(dict(values.consultations)),
        answer=values.answer,
        extension=values.extension,
        publish=values.publish,
        registration=values.registration,
        review=values.review,
        opinion=values.opinion,
        **{name: MappingProxyType(dict(getattr(values, name))) for name in _BY_NAME},
        deductions=MappingProxyType(dict(values.deductions)),
        values=values,
    )
