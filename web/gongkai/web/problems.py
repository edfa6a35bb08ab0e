"""A service's refusal (RFC 9457 problem document) as pages show it: what is wrong, by which clause, in which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.contracts.problem import Finding, findings
from gongkai.web.filters import anchor
from gongkai.web.language import t


@dataclass(frozen=True, slots=True)
class Problem(Finding):
    """One problem, as pages show it."""

    status: int = 422

    @property
    def says(self) -> str:
        return t(self.zh, self.en)

    @property
    def anchor(self) -> str:
        return anchor(self.field)


def from_document(document: Mapping[str, Any], status: int) -> list[Problem]:
    """The problems in a problem document; one, or one an entry of its `errors`."""
    return [Problem(f.code, f.zh, f.en, f.field, f.clause, status) for f in findings(document)]


def of_field(problems: Sequence[Problem], pointer: str) -> Problem | None:
    """The first problem of that field."""
    return next((p for p in problems if p.field == pointer), None)
