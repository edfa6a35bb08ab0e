"""Under which clause an event happened: its jurisdiction's own where that has one, else the national one."""

from collections.abc import Callable, Mapping
from typing import Any

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import (
    ApplicantErased,
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    DelegationWithdrawn,
    DocumentDrafted,
    DocumentPublished,
    DutyDelegated,
    Event,
    HolidaysAnnounced,
    ScoreChanged,
    SecrecyReviewed,
    SecrecyReviewRequested,
    SystemRegistered,
    SystemRetired,
    UnitRegistered,
    UnitSucceeded,
)
from gongkai.contracts.vocabulary import ConsultationKind
from gongkai.rules.moment import local_date
from gongkai.rules.rulebooks import Rulebook, load, named

NATIONAL = "cn"


def _book(event: Any) -> Rulebook:
    """The rulebook that the event names; the national one of its day for an event from before they were named."""
    return named(event.rulebook) if event.rulebook else load(NATIONAL, local_date(event.at))


def _consultation(event: ConsultationRequested | ConsultationAnswered | ConsultationLapsed) -> str:
    return _book(event).consultation(event.kind or ConsultationKind.COORDINATE).clause


_BASIS: Mapping[type[Event], Callable[[Any], str]] = {
    UnitRegistered: lambda e: load(e.jurisdiction, local_date(e.at)).registration.clause,
    UnitSucceeded: lambda _: "SC-A1.3",
    SystemRegistered: lambda _: "SC-1.1",
    SystemRetired: lambda _: "SC-1.1",
    DutyDelegated: lambda _: "SC-1.3",
    DelegationWithdrawn: lambda _: "SC-1.3",
    DocumentDrafted: lambda e: _book(e).attributes[e.attribute].clause,
    SecrecyReviewRequested: lambda e: _book(e).review.clause,
    SecrecyReviewed: lambda e: _book(e).opinion.clause,
    ConsultationRequested: _consultation,
    ConsultationAnswered: _consultation,
    ConsultationLapsed: _consultation,
    DocumentPublished: lambda e: _book(e).publish.clause,
    ApplicationReceived: lambda _: "GT-received",
    ApplicationAnswered: lambda e: _book(e).answer.clause,
    ApplicationOverdue: lambda e: _book(e).answer.clause,
    ApplicantErased: lambda _: "GT-register",
    HolidaysAnnounced: lambda _: "GT-count",
    ScoreChanged: lambda e: e.clause,
}


@clause("GT-scope")
def basis(event: Event) -> str:
    """The clause's id. KeyError for a kind of event that nobody gave a basis: a history without law is none."""
    return _BASIS[type(event)](event)
