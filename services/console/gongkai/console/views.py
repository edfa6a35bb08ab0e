"""The console's read models of cases: documents, consultations, applications, scores (政务公开工作台).

Every statement sets only what its own event says, and the newest version of a stream wins: rows are the same
whatever order the events come in. Lateness of the moment isn't here: it is computed when a page is asked for.
"""

from typing import Any

from gongkai.console.events.trail import Trail
from gongkai.console.folds import Cases, Columns, Fold
from gongkai.contracts.envelope import Record
from gongkai.contracts.events import (
    ApplicationAnswered,
    ApplicationOverdue,
    ApplicationReceived,
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationRequested,
    DocumentDrafted,
    DocumentPublished,
    ScoreChanged,
    SecrecyReviewed,
    SecrecyReviewRequested,
)
from gongkai.ledger.projections import Projection
from gongkai.rules.moment import local_date

# -- documents


def _drafted(event: DocumentDrafted, record: Record) -> Columns:
    return {
        "document": event.document,
        "version": record.streamversion,
        "event_id": record.id,
        "unit": event.unit,
        "title": event.title,
        "number": event.number,
        "category": event.category,
        "attribute": event.attribute,
        "reason": event.reason,
        "summary": event.summary,
        "digest": event.digest,
        "media_type": event.media_type,
        "size": event.size,
        "formed_on": event.formed_on,
        "consult": _consult(event),
        "drafted_at": event.at,
        "drafted_by": event.by,
        "rulebook": event.rulebook,
    }


def _consult(event: DocumentDrafted) -> list[dict[str, Any]]:
    return [need.model_dump(mode="json") for need in event.consult]


def _review_requested(event: SecrecyReviewRequested, record: Record) -> Columns:
    return {
        "document": event.document,
        "digest": event.digest,
        "unit": event.unit,
        "requested": record.streamversion,
        "requested_at": event.at,
        "requested_event": record.id,
    }


def _reviewed(event: SecrecyReviewed, record: Record) -> Columns:
    return {
        "document": event.document,
        "digest": event.digest,
        "unit": event.unit,
        "reviewed": record.streamversion,
        "reviewed_at": event.at,
        "reviewed_by": event.by,
        "reviewed_event": record.id,
        "opinion": event.opinion,
        "basis": event.basis,
        "reason": event.reason,
    }


def _published(event: DocumentPublished, record: Record) -> Columns:
    return {
        "document": event.document,
        "version": record.streamversion,
        "event_id": record.id,
        "drafted": event.drafted.id,
        "digest": event.digest,
        "index_no": event.index,
        "published_at": event.at,
        "published_by": event.by,
    }


# -- consultations


def _asked(event: ConsultationRequested | ConsultationAnswered | ConsultationLapsed) -> Columns:
    return {
        "consultation": event.consultation,
        "document": event.document,
        "digest": event.digest,
        "unit": event.unit,
        "asked": event.asked,
    }


def _consultation_requested(event: ConsultationRequested, record: Record) -> Columns:
    return {
        **_asked(event),
        "requested": record.streamversion,
        "requested_at": event.at,
        "requested_on": local_date(event.at),
        "requested_event": record.id,
        "title": event.title,
        "kind": event.kind,
        "matters": event.matters,
        "opinion": event.opinion,
    }


def _consultation_answered(event: ConsultationAnswered, record: Record) -> Columns:
    return {
        **_asked(event),
        "answered": record.streamversion,
        "answered_at": event.at,
        "answered_by": event.by,
        "answered_event": record.id,
        "agrees": event.agrees,
        "reason": event.reason,
    }


def _consultation_lapsed(event: ConsultationLapsed, record: Record) -> Columns:
    return {
        **_asked(event),
        "lapsed": record.streamversion,
        "lapsed_at": event.at,
        "lapsed_event": record.id,
        "silence": event.silence,
        "due": event.due,
    }


# -- applications


def _received(event: ApplicationReceived, record: Record) -> Columns:
    return {
        "application": event.application,
        "unit": event.unit,
        "receipt": event.receipt,
        "channel": event.channel,
        "received": record.streamversion,
        "received_at": event.at,
        "received_on": event.received_on,
        "rules_on": local_date(event.at),
        "received_event": record.id,
    }


def _application_answered(event: ApplicationAnswered, record: Record) -> Columns:
    return {
        "application": event.application,
        "unit": event.unit,
        "answered": record.streamversion,
        "answered_at": event.at,
        "answered_by": event.by,
        "answered_on": event.answered_on,
        "answered_event": record.id,
        "kind": event.kind,
        "due": event.due,
        "late_days": event.late_days,
    }


def _overdue(event: ApplicationOverdue, record: Record) -> Columns:
    return {
        "application": event.application,
        "unit": event.unit,
        "overdue": record.streamversion,
        "overdue_at": event.at,
        "overdue_event": record.id,
    }


# -- scores


def _scored(event: ScoreChanged, record: Record) -> Columns:
    return {
        "event_id": record.id,
        "unit": event.unit,
        "year": event.year,
        "indicator": event.indicator,
        "case_of": event.case,
        "points": event.points,
        "clause": event.clause,
        "reason": event.reason,
        "evidence": [ref.id for ref in event.evidence],
        "at": event.at,
    }


PROJECTIONS: tuple[Projection, ...] = (
    Cases(
        "console.document",
        ("document", "review", "publication"),
        {
            DocumentDrafted: Fold("document", ("document",), "version", _drafted),
            SecrecyReviewRequested: Fold("review", ("document", "digest"), "requested", _review_requested),
            SecrecyReviewed: Fold("review", ("document", "digest"), "reviewed", _reviewed),
            DocumentPublished: Fold("publication", ("document",), "version", _published),
        },
    ),
    Cases(
        "console.consultation",
        ("consultation",),
        {
            ConsultationRequested: Fold(
                "consultation", ("consultation",), "requested", _consultation_requested
            ),
            ConsultationAnswered: Fold("consultation", ("consultation",), "answered", _consultation_answered),
            ConsultationLapsed: Fold("consultation", ("consultation",), "lapsed", _consultation_lapsed),
        },
    ),
    Cases(
        "console.application",
        ("application",),
        {
            ApplicationReceived: Fold("application", ("application",), "received", _received),
            ApplicationAnswered: Fold("application", ("application",), "answered", _application_answered),
            ApplicationOverdue: Fold("application", ("application",), "overdue", _overdue),
        },
    ),
    Cases(
        "console.score_item",
        ("score_item",),
        {ScoreChanged: Fold("score_item", ("event_id",), None, _scored)},
    ),
    Trail(),
)
