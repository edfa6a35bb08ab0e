"""Projections of documents, their reviews and publications, and of consultations (政务公开工作台).

Every statement sets only what its own event says, and the newest version of a stream wins: rows are the same
whatever order the events come in.
"""

from typing import Any

from gongkai.console.projection import Columns, Fold, TableProjection
from gongkai.contracts.envelope import Record
from gongkai.contracts.events import (
    ConsultationAnswered,
    ConsultationLapsed,
    ConsultationObjected,
    ConsultationRequested,
    DocumentDrafted,
    DocumentPublished,
    SecrecyReviewed,
    SecrecyReviewRequested,
    SecrecyReviewWithdrawn,
)
from gongkai.rules.local_time import local_date

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


def _review_withdrawn(event: SecrecyReviewWithdrawn, record: Record) -> Columns:
    return {
        "document": event.document,
        "digest": event.digest,
        "unit": event.unit,
        "reviewed": record.streamversion,
        "reviewed_at": None,
        "reviewed_by": None,
        "reviewed_event": None,
        "opinion": None,
        "basis": None,
        "reason": None,
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


DOCUMENTS = TableProjection(
    "console.document",
    ("document", "review", "publication"),
    {
        DocumentDrafted: Fold("document", ("document",), "version", _drafted),
        SecrecyReviewRequested: Fold("review", ("document", "digest"), "requested", _review_requested),
        SecrecyReviewed: Fold("review", ("document", "digest"), "reviewed", _reviewed),
        SecrecyReviewWithdrawn: Fold("review", ("document", "digest"), "reviewed", _review_withdrawn),
        DocumentPublished: Fold("publication", ("document",), "version", _published),
    },
)

# -- consultations


def _asked(
    event: ConsultationRequested | ConsultationAnswered | ConsultationObjected | ConsultationLapsed,
) -> Columns:
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


def _consultation_answered(event: ConsultationAnswered | ConsultationObjected, record: Record) -> Columns:
    return {
        **_asked(event),
        "answered": record.streamversion,
        "answered_at": event.at,
        "answered_by": event.by,
        "answered_event": record.id,
        "agrees": isinstance(event, ConsultationAnswered) and event.agrees,
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


CONSULTATIONS = TableProjection(
    "console.consultation",
    ("consultation",),
    {
        ConsultationRequested: Fold("consultation", ("consultation",), "requested", _consultation_requested),
        ConsultationAnswered: Fold("consultation", ("consultation",), "answered", _consultation_answered),
        ConsultationObjected: Fold("consultation", ("consultation",), "answered", _consultation_answered),
        ConsultationLapsed: Fold("consultation", ("consultation",), "lapsed", _consultation_lapsed),
    },
)
