"""An event is told under the clause of its own county; where that says nothing, under the national one."""

from dataclasses import fields

import pytest

from gongkai.contracts.events import REGISTRY, Kind, RecordedClause, RulebookClause
from gongkai.rules.basis import basis
from gongkai.rules.requirements import requirements
from gongkai.rules.rulebooks import Rulebook
from tests.unit.examples import (
    a_document_drafted,
    a_document_published,
    a_review_requested,
    a_secrecy_reviewed,
)
from tests.unit.given import rules


@pytest.mark.clause("GT-scope")
@pytest.mark.parametrize(
    ("county", "drafted", "requested", "reviewed", "published"),
    [
        ("cn", "GT-default", "GT-review", "GT-review", "GT-20wd"),
        ("sc", "GT-default", "SC-3.4", "SC-3.4", "GT-20wd"),
        ("cx", "CX-6", "CX-7", "CX-7", "GT-20wd"),
        ("wy", "WY-B.5", "WY-B.3", "WY-B.9", "WY-A.9a"),
        ("hz", "HZ-A2a", "HZ-A2b", "HZ-A2b", "GT-20wd"),
        ("ls", "LS-10a", "LS-10a", "LS-10a", "LS-11"),
    ],
)
def test_a_county_is_told_by_its_own_clauses(
    county: str, drafted: str, requested: str, reviewed: str, published: str
) -> None:
    book = rules(county).book.version
    assert basis(a_document_drafted(rulebook=book)) == drafted
    assert basis(a_review_requested(rulebook=book)) == requested
    assert basis(a_secrecy_reviewed(rulebook=book)) == reviewed
    assert basis(a_document_published(rulebook=book)) == published


@pytest.mark.clause("GT-scope")
def test_an_opinion_from_before_rulebooks_were_named_is_told_by_the_national_law() -> None:
    assert basis(a_secrecy_reviewed(rulebook=None)) == "GT-review"


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=lambda kind: kind.name)
def test_every_event_type_declares_a_basis_that_there_is(kind: Kind) -> None:
    match kind.basis:
        case RulebookClause(value=value):
            assert value in {field.name for field in fields(Rulebook)}
        case RecordedClause(field=field):
            assert field in kind.model.model_fields
        case fixed:
            assert fixed in requirements()
