"""The audit trail as pages ask for it: filtered, newest first, by cursor; and the timelines."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from gongkai.console.lists.conditions import Where
from gongkai.console.lists.cursor import Slice
from gongkai.console.lists.listing import FIRST_PAGE, Key, PageCursor, listed
from gongkai.contracts.events import REGISTRY, title_of
from gongkai.ledger.read import Connection
from gongkai.rules.local_time import SHANGHAI

# Facts of one moment in the order in which they follow from each other; a simulated day has many at once.
_ORDER = (
    "UnitRegistered", "UnitSucceeded", "SystemRegistered", "SystemRetired", "DutyDelegated",
    "DelegationWithdrawn", "HolidaysAnnounced", "ApplicationReceived", "DocumentDrafted",
    "SecrecyReviewRequested", "ConsultationRequested", "ConsultationAnswered", "ConsultationLapsed",
    "SecrecyReviewed", "ConsultationObjected", "SecrecyReviewWithdrawn", "ReleaseRequested",
    "ReleasePermitted", "ReleaseRefused", "VersionHandedOver", "HandoverRefused", "ReleaseClosed",
    "DocumentPublished", "ApplicationOverdue", "AnswerProposed", "SignOffOpened", "StepReturned",
    "ProposalWithdrawn", "SignOffVoided", "StepGiven", "SignOffCompleted", "SignOffStale", "AnswerApproved",
    "ApplicationAnswered", "ScoreChanged",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventFilters:
    """The filters of the trail, as in the query of the address. Days are days in Shanghai."""

    log: str = ""
    stream: str = ""
    name: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None


def _where(filters: EventFilters, scope: list[str] | None) -> Where:
    where = Where()
    if scope is not None:
        where.require("unit IS NULL OR unit = ANY({0}::text[]) OR other_unit = ANY({0}::text[])", scope)
    if filters.log:
        where.require("log = {}", filters.log)
    if filters.stream:
        where.require("stream = {}", filters.stream)
    if filters.name:
        where.require("name = {}", filters.name)
    if filters.unit:
        where.require("unit = {0} OR other_unit = {0}", filters.unit)
    if filters.since:
        where.require("at >= {}", _midnight(filters.since))
    if filters.until:
        where.require("at < {}", _midnight(filters.until + timedelta(days=1)))
    return where


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


async def listing(
    pool: Connection, filters: EventFilters, scope: list[str] | None, cursor: PageCursor = FIRST_PAGE
) -> Slice[Any]:
    """Newest first."""
    key: Key = {"at": datetime.fromisoformat, "event_id": UUID}
    return await listed(pool, "SELECT * FROM event", _where(filters, scope), key, cursor)


async def one(pool: Connection, event_id: UUID) -> Any | None:
    return await pool.fetchrow("SELECT * FROM event WHERE event_id = $1", event_id)


async def of_stream(pool: Connection, stream: str) -> list[Any]:
    rows: list[Any] = await pool.fetch("SELECT * FROM event WHERE stream = $1 ORDER BY version", stream)
    return rows


async def of_document(pool: Connection, document: str) -> list[Any]:
    """All that concerns a document: its own, its review's, its consultations', and what they cost."""
    rows = await pool.fetch(
        "SELECT * FROM event WHERE document = $1 UNION"
        " SELECT e.* FROM event e JOIN consultation k ON e.case_of = 'consultation-' || k.consultation"
        " WHERE k.document = $1",
        document,
    )
    return in_order(rows)


async def of_application(pool: Connection, application: str) -> list[Any]:
    return in_order(await pool.fetch("SELECT * FROM event WHERE application = $1", application))


def in_order(rows: list[Any]) -> list[Any]:
    """Oldest first; of one moment, causes before effects."""
    return sorted(rows, key=lambda r: (r["at"], _rank(r["name"]), r["stream"], r["version"]))


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def name_of(name: str) -> tuple[str, str]:
    """What that event type is called, in Chinese and English."""
    title = title_of(name)
    return title.zh, title.en


def names() -> dict[str, tuple[str, str]]:
    """Every event type with its names, causes before effects."""
    return {name: name_of(name) for name in sorted(REGISTRY, key=_rank)}
