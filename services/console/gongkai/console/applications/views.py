"""The projection of applications (依申请公开). Present lateness isn't stored: see lateness.py."""

from gongkai.console.projection import Columns, Fold, TableProjection
from gongkai.contracts.envelope import Record
from gongkai.contracts.events import ApplicationAnswered, ApplicationOverdue, ApplicationReceived
from gongkai.rules.local_time import local_date


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


def _answered(event: ApplicationAnswered, record: Record) -> Columns:
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


APPLICATIONS = TableProjection(
    "console.application",
    ("application",),
    {
        ApplicationReceived: Fold("application", ("application",), "received", _received),
        ApplicationAnswered: Fold("application", ("application",), "answered", _answered),
        ApplicationOverdue: Fold("application", ("application",), "overdue", _overdue),
    },
)
