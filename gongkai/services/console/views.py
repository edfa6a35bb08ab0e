"""The console's read models of cases: documents, consultations, applications, scores (政务公开工作台).

Every statement sets only what its own event says, and the newest version of a stream wins: rows are the same
whatever order the events come in. Lateness of the moment isn't here: it is computed when a page is asked for.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    Event,
    ScoreChanged,
    SecrecyReviewed,
    SecrecyReviewRequested,
    decode,
)
from gongkai.ledger.project import Projection
from gongkai.ledger.read import Connection
from gongkai.ledger.subscribe import Delivered
from gongkai.rules.moment import local_date
from gongkai.services.console.trail import Trail

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fold:
    """How one kind of event becomes columns of a row: an upsert of these columns and no others."""

    table: str
    key: tuple[str, ...]
    version: str | None  # the column that holds the stream's version; None: the row is written once
    columns: Callable[[Any, Record], Columns]

    def statement(self, columns: Columns) -> str:
        names = ", ".join(columns)
        marks = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        key = ", ".join(self.key)
        # every name in it is written in this module; values are parameters
        insert = f"INSERT INTO {self.table} AS known ({names}) VALUES ({marks}) ON CONFLICT ({key}) "  # noqa: S608
        if self.version is None:
            return insert + "DO NOTHING"
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in self.key)
        newer = f"excluded.{self.version} > coalesce(known.{self.version}, 0)"
        return f"{insert}DO UPDATE SET {changed} WHERE {newer}"


@dataclass(frozen=True, slots=True)
class Cases:
    """A projection made of folds. An event of a kind that it doesn't fold is not decoded."""

    name: str
    tables: tuple[str, ...]
    folds: Mapping[type[Event], Fold]

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        by_name = {kind.NAME: fold for kind, fold in self.folds.items()}
        rows: dict[str, list[list[Any]]] = {}
        for what in batch:
            fold = by_name.get(what.record.name)
            if fold is not None:
                columns = fold.columns(decode(what.record), what.record)
                rows.setdefault(fold.statement(columns), []).append([_stored(v) for v in columns.values()])
        for statement, values in rows.items():
            await conn.executemany(statement, values)


def _stored(value: Any) -> Any:
    """PostgreSQL's text has no NUL, and a coded word is stored as its code."""
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


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


def _consult(event: DocumentDrafted) -> str:
    needs = [{k: _stored(v) for k, v in need.model_dump(mode="json").items()} for need in event.consult]
    return json.dumps(needs, ensure_ascii=False)


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
        "basis": [str(_stored(line)) for line in event.basis],
        "reason": event.reason,
    }


def _published(event: DocumentPublished, record: Record) -> Columns:
    return {
        "document": event.document,
        "version": record.streamversion,
        "event_id": record.id,
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
