"""A jurisdiction's values laid over the national ones: stricter is welcome, looser is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from gongkai.contracts.vocabulary import Attribute, ConsultationKind, Indicator
from gongkai.rules.rule_file import RuleFile, RuleFileError
from gongkai.rules.rulebooks.choices import Answers, ApprovalRule, ExceptionRule, Name, PathRule, Procedure
from gongkai.rules.rulebooks.measures import CountRule, DayRule, GradesRule, LeastRule, SpanRule
from gongkai.rules.rulebooks.values import (
    AttributeRule,
    Basis,
    ConsultationRule,
    Data,
    PointsRule,
    Reading,
    TermRule,
    Value,
    Words,
)


class Values(Data):
    """What one version says. What it leaves out, the national version says."""

    attributes: Mapping[Attribute, AttributeRule] = {}
    consultations: Mapping[ConsultationKind, ConsultationRule] = {}
    answer: TermRule | None = None
    extension: TermRule | None = None
    publish: TermRule | None = None
    registration: Basis | None = None
    review: Basis | None = None
    opinion: Basis | None = None
    terms: Mapping[Name, TermRule] = {}
    least: Mapping[Name, LeastRule] = {}
    days: Mapping[Name, DayRule] = {}
    spans: Mapping[Name, SpanRule] = {}
    counts: Mapping[Name, CountRule] = {}
    choices: Answers = Field(default_factory=dict)
    paths: Mapping[Name, PathRule] = {}
    approvals: Mapping[Name, ApprovalRule] = {}
    exceptions: Mapping[Name, ExceptionRule] = {}
    grades: Mapping[Name, GradesRule] = {}
    procedures: Mapping[Name, Procedure] = {}
    deductions: Mapping[Indicator, PointsRule] = {}

    def entries(self) -> Iterator[tuple[tuple[str, ...], Value]]:
        """Every value with its path: `("consultations", "affects")`, `("answer",)`."""
        for name in Values.model_fields:
            found = getattr(self, name)
            if isinstance(found, Value):
                yield (name,), found
            elif found is not None:
                for key, value in found.items():
                    yield (name, str(key)), value
                    if isinstance(value, Procedure):
                        for path, own in value.entries():
                            yield (name, str(key), *path), own


def merged(ours: Values, theirs: Values) -> Values:
    """Theirs, with ours in their place, value by value: those of a procedure that both have, too."""
    fields = {}
    for name in Values.model_fields:
        own, other = getattr(ours, name), getattr(theirs, name)
        fields[name] = {**other, **own} if isinstance(other, Mapping) else own or other
    both = ours.procedures.keys() & theirs.procedures.keys()
    fields["procedures"] |= {name: ours.procedures[name].over(theirs.procedures[name]) for name in both}
    return Values.model_validate(fields)


class Version(Values):
    """The values in force from a day on. `reading` says why that day, where the text leaves it open; `source` says where
    the text was read, and how much of it.

    `keeps`: what it doesn't say stays as in the version before, as when another law changes some values.
    """

    from_: date = Field(alias="from")
    act: Words
    source: Words | None = None
    keeps: bool = False
    reading: Reading | None = None


class RulebookFile(Data):
    """One file: a jurisdiction's versions, the oldest first."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}$")]
    zh: Words
    en: Words
    versions: tuple[Version, ...] = Field(min_length=1)

    def on(self, day: date) -> int | None:
        """Index of the version in force on that day."""
        found = [index for index, version in enumerate(self.versions) if version.from_ <= day]
        return found[-1] if found else None

    def says(self, index: int) -> Values:
        """What a version says, with what it keeps of those before it."""
        version = self.versions[index]
        return merged(version, self.says(index - 1)) if version.keeps and index else version


@dataclass(slots=True)
class OverlayLoosensLaw(RuleFileError):
    """An overlay gives more than the law allows: each fault names the overlay's clause and the law's."""


def lay_over(local: RuleFile[RulebookFile], index: int, national: Values) -> Values:
    """The national values with the overlay's in their place. OverlayLoosensLaw when one of them is looser."""
    ours, law = local.content.says(index), dict(national.entries())
    faults = [
        local.fault(
            ("versions", index, *path),
            zh=f"{'.'.join(path)}：{value.clause}（{value.shown()['zh']}）"
            f"宽于上位法 {law[path].clause}（{law[path].shown()['zh']}），不予采用",
            en=f"{'.'.join(path)}: {value.clause} ({value.shown()['en']}) "
            f"loosens the law, {law[path].clause} ({law[path].shown()['en']})",
        )
        for path, value in ours.entries()
        if path in law and value.looser_than(law[path])
    ]
    if faults:
        raise OverlayLoosensLaw(tuple(faults))
    return merged(ours, national)
