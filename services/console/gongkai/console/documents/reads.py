"""Documents as the console shows them: their state, reviews and consultations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongkai.console.lists.conditions import Where
from gongkai.console.lists.cursor import Slice
from gongkai.console.lists.listing import FIRST_PAGE, Key, PageCursor, listed
from gongkai.ledger.read import Connection

# state of the view document_state: badge, 中文, English
STATES: dict[str, tuple[str, str, str]] = {
    "reviewing": ("wait", "待保密审查", "secrecy review"),
    "referred": ("wait", "已报审", "referred upwards"),
    "returned": ("stop", "免予公开", "exempt"),
    "consulting": ("wait", "征求意见中", "consulting"),
    "unanswered": ("late", "逾期未复", "no answer in time"),
    "disputed": ("stop", "有不同意见", "disputed"),
    "ready": ("open", "待发布", "ready to publish"),
    "published": ("done", "已发布", "published"),
    "filed": ("none", "不主动发布", "not for publication"),
}


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """The filters of the list, as in the query of the address."""

    q: str = ""
    unit: str = ""
    state: str = ""
    attribute: str = ""


def _where(filters: DocumentFilters, scope: list[str] | None) -> Where:
    where = Where()
    if scope is not None:
        where.require(
            "unit = ANY({0}::text[]) OR EXISTS (SELECT 1 FROM consultation k"
            " WHERE k.document = d.document AND k.asked = ANY({0}::text[]))",
            scope,
        )
    if filters.unit:
        where.require("unit = {}", filters.unit)
    if filters.state:
        where.require("state = {}", filters.state)
    if filters.attribute:
        where.require("attribute = {}", filters.attribute)
    if filters.q.strip():
        where.require("strpos(lower(title || ' ' || coalesce(number, '')), lower({})) > 0", filters.q.strip())
    return where


async def listing(
    pool: Connection, filters: DocumentFilters, scope: list[str] | None, cursor: PageCursor = FIRST_PAGE
) -> Slice[Any]:
    """Newest first."""
    key: Key = {"drafted_at": datetime.fromisoformat, "document": str}
    return await listed(pool, "SELECT * FROM document_state d", _where(filters, scope), key, cursor)


async def one(pool: Connection, document: str) -> Any | None:
    return await pool.fetchrow("SELECT * FROM document_state WHERE document = $1", document)


async def reviews(pool: Connection, document: str) -> list[Any]:
    rows: list[Any] = await pool.fetch(
        "SELECT * FROM review WHERE document = $1 ORDER BY coalesce(requested_at, reviewed_at)", document
    )
    return rows


async def consultations(pool: Connection, document: str, digest: str) -> list[Any]:
    """Those about one version."""
    rows: list[Any] = await pool.fetch(
        "SELECT * FROM consultation WHERE document = $1 AND digest = $2 ORDER BY requested_at, consultation",
        document,
        digest,
    )
    return rows


async def consultation(pool: Connection, consultation: str) -> Any | None:
    return await pool.fetchrow("SELECT * FROM consultation WHERE consultation = $1", consultation)


async def counts(pool: Connection, scope: list[str] | None) -> dict[str, int]:
    """Documents by state."""
    where = _where(DocumentFilters(), scope)
    rows = await pool.fetch(
        f"SELECT state, count(*) AS n FROM document_state d WHERE {where} GROUP BY state",
        *where.values,
    )
    return {row["state"]: row["n"] for row in rows}
