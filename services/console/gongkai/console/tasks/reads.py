"""What waits for one person: reviews, consultations, documents ready to publish, applications, drafts sent back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.console.actions import Action
from gongkai.console.applications import reads as applications
from gongkai.console.lateness import Lateness, consultation_due, lateness_of, publication_due, review_due
from gongkai.console.lists.listing import PageCursor
from gongkai.console.signoff import reads as sign_offs
from gongkai.console.visitor import Visitor
from gongkai.ledger.read import Connection
from gongkai.rules.local_time import local_date

MOST = 100  # of a kind on the page; the lists have the others

NO_HURRY = date.max


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: its page, and until when."""

    href: str
    name: str
    unit: str
    since: date
    lateness: Lateness | None

    @property
    def due(self) -> date:
        return self.lateness.due or NO_HURRY if self.lateness else NO_HURRY


async def reviews(pool: Connection, who: Visitor, today: date) -> list[Task]:
    """Versions that wait for this person's opinion: nobody reviews a draft of their own, or twice (WY-B.3, WY-B.8)."""
    rows = await pool.fetch(
        "SELECT document, title, unit, review_requested_at FROM document_state"
        " WHERE review_requested_at IS NOT NULL AND drafted_by <> $2"
        " AND (state = 'reviewing' AND unit = ANY($1::text[])"
        "  OR state = 'referred' AND unit = ANY($3::text[]) AND reviewed_by <> $2)"
        " ORDER BY review_requested_at, document LIMIT $4",
        who.where(Action.EXAMINE),
        who.person,
        who.where(Action.EXAMINE_REFERRED),
        MOST,
    )
    return [_review(who, row, today) for row in rows]


def _review(who: Visitor, row: Any, today: date) -> Task:
    asked_on = local_date(row["review_requested_at"])
    due = review_due(who.calendar, who.register.jurisdiction(row["unit"]), asked_on)
    href = f"/documents/{row['document']}"
    return Task(href, row["title"], row["unit"], asked_on, lateness_of(due, today) if due else None)


async def consultations(pool: Connection, who: Visitor, today: date) -> list[Task]:
    """Letters to this person's unit without an answer: where silence was no consent, it is still owed."""
    rows = await pool.fetch(
        "SELECT k.* FROM consultation k JOIN document d USING (document, digest)"
        " WHERE k.requested IS NOT NULL AND k.answered IS NULL AND k.silence IS DISTINCT FROM 'consent'"
        " AND k.asked = ANY($1::text[]) ORDER BY k.requested_at, k.consultation LIMIT $2",
        who.where(Action.ANSWER_CONSULTATION),
        MOST,
    )
    return sorted((_consultation(who, row, today) for row in rows), key=lambda task: task.due)


def _consultation(who: Visitor, row: Any, today: date) -> Task:
    due = consultation_due(
        who.calendar, who.register.jurisdiction(row["unit"]), row["kind"], row["requested_on"]
    )
    href = f"/documents/{row['document']}#consultation-{row['consultation']}"
    return Task(href, row["title"], row["unit"], row["requested_on"], lateness_of(due, today))


async def to_publish(pool: Connection, who: Visitor, today: date) -> list[Task]:
    """Documents for which everything but the publication is done."""
    rows = await pool.fetch(
        "SELECT document, title, unit, formed_on, drafted_at FROM document_state"
        " WHERE state = 'ready' AND unit = ANY($1::text[]) ORDER BY formed_on, document LIMIT $2",
        who.where(Action.PUBLISH),
        MOST,
    )
    tasks = []
    for row in rows:
        drafted = local_date(row["drafted_at"])
        due = publication_due(who.calendar, who.register.jurisdiction(row["unit"]), row["formed_on"], drafted)
        lateness = lateness_of(due, today) if due else None
        tasks.append(Task(f"/documents/{row['document']}", row["title"], row["unit"], drafted, lateness))
    return tasks


async def to_answer(pool: Connection, who: Visitor, today: date) -> list[Task]:
    """Applications without an answer, the most urgent first; those under signature are the signers' turn."""
    units = who.where(Action.ANSWER_APPLICATION)
    if not units:
        return []
    groups = await applications.open_groups(pool, who.calendar, who.register, today, units)
    found = await applications.open_listing(
        pool, groups, PageCursor(size=MOST), unless=sign_offs.UNDER_SIGNATURE
    )
    return [
        Task(
            f"/applications/{o.row['application']}",
            o.row["receipt"],
            o.row["unit"],
            o.row["received_on"],
            o.lateness,
        )
        for o in found.rows
    ]


async def to_sign(pool: Connection, who: Visitor, today: date) -> list[Task]:
    """Answers that wait for this person's signature, as long as they have waited. The clock runs on meanwhile."""
    units = who.where(Action.SIGN)
    rows = await sign_offs.waiting(pool, units, who.person, MOST) if units else []
    return [
        Task(
            f"/applications/{row['application']}#sign",
            row["receipt"],
            row["unit"],
            local_date(row["since"]),
            lateness_of(applications.due_of(who.calendar, who.register, row), today),
        )
        for row in rows
    ]


async def sent_back(pool: Connection, who: Visitor) -> list[Any]:
    """This person's own drafts that can't go on as they are."""
    rows: list[Any] = await pool.fetch(
        "SELECT document, title, unit, state, drafted_at FROM document_state"
        " WHERE drafted_by = $1 AND state IN ('returned', 'disputed') AND attribute = 'proactive'"
        " ORDER BY drafted_at DESC LIMIT $2",
        who.person,
        MOST,
    )
    return rows
