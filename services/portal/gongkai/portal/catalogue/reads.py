"""Queries of the read model: lists by cursor, search with a bounded ranking, one document."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gongkai.ledger.read import Connection
from gongkai.portal.catalogue.filters import COUNTED, DocumentFilters, list_query
from gongkai.runtime.edge import storable

PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a list."""

    document: str
    title: str
    number: str | None
    index: str
    unit: str
    unit_name: str
    category: str
    summary: str
    formed_on: date
    published_at: datetime
    snippet: str = ""
    score: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, and the cursors of its neighbours (empty where there is none)."""

    entries: list[Entry]
    newer: str
    older: str
    count: int
    more: bool  # than `count`


@dataclass(frozen=True, slots=True)
class Document:
    """A published document, in full."""

    entry: Entry
    version: int
    event_id: UUID
    digest: str
    media_type: str
    size: int
    body: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of a document, with the facts that allowed it."""

    event_id: UUID
    version: int
    published_at: datetime
    unit_name: str
    index: str
    digest: str
    formed_on: date
    drafted: UUID
    drafted_at: datetime
    review: UUID
    reviewed_at: datetime
    consultations: tuple[UUID, ...]
    settled_at: datetime | None
    rulebook: str


@dataclass(frozen=True, slots=True)
class DocumentCount:
    """How many documents a unit or a year has."""

    key: str
    name: str
    count: int


_ENTRY = "document, title, number, index_no, unit, unit_name, category, summary, formed_on, published_at"

_SNIPPET = (
    "CASE WHEN $2 <> '' AND strpos(lower(body), $2) > 0"
    " THEN substr(body, greatest(1, strpos(lower(body), $2) - 30), 110) ELSE '' END"
)


class Catalogue:
    """Reads the tables of `views.py`."""

    def __init__(self, pool: Connection) -> None:
        self._pool = pool

    async def listing(
        self, filters: DocumentFilters, *, after: str = "", before: str = "", page: int = PAGE
    ) -> Listing:
        """A page after or before a cursor; an unreadable cursor is treated like none."""
        query = list_query(filters)
        relevant = filters.sort == "relevant" and bool(filters.question)
        columns = ["score", "published_at", "document"] if relevant else ["published_at", "document"]
        cursor = _read_cursor(before or after, len(columns))
        backwards = cursor is not None and bool(before)
        descending = (filters.sort != "oldest") != backwards
        direction, after_cursor = "DESC" if descending else "ASC", "true"
        if cursor is not None:
            marks = ", ".join(query.placeholder(value) for value in cursor)
            after_cursor = f"({', '.join(columns)}) {'<' if descending else '>'} ({marks})"
        order = ", ".join(f"{column} {direction}" for column in columns)
        source = query.by_relevance() if relevant else query.by_time(after_cursor, order, page + 1)
        rows = await self._pool.fetch(
            f"SELECT {_ENTRY}, score, {_SNIPPET} AS snippet FROM ("  # texts are read for the rows of the page only
            f"SELECT * FROM ({source}) d WHERE {after_cursor} ORDER BY {order} LIMIT {page + 1}) d ORDER BY {order}",
            *query.values,
        )
        found = [_entry(row) for row in rows[:page]]
        further = len(rows) > page
        if backwards:
            found.reverse()
        has_newer = further if backwards else cursor is not None
        has_older = further or backwards
        keys = [_cursor(entry, relevant) for entry in found]
        query = list_query(filters)
        count = await self._pool.fetchrow(query.counting(), *query.values)
        return Listing(
            entries=found,
            newer=keys[0] if keys and has_newer else "",
            older=keys[-1] if keys and has_older else "",
            count=min(count["checked"], COUNTED),
            more=count["candidates"] > COUNTED,
        )

    async def document(self, document: str) -> Document | None:
        row = await self._pool.fetchrow(
            f"SELECT {_ENTRY}, 0 AS score, '' AS snippet, version, event_id, digest, media_type, size, body "
            "FROM document WHERE document = $1",
            document,
        )
        if row is None:
            return None
        return Document(
            _entry(row),
            row["version"],
            row["event_id"],
            row["digest"],
            row["media_type"],
            row["size"],
            row["body"],
        )

    async def publications(self, document: str) -> list[Publication]:
        """All of a document, first one first."""
        rows = await self._pool.fetch(
            "SELECT event_id, version, published_at, unit_name, index_no, digest, formed_on, drafted, "
            "drafted_at, review, reviewed_at, consultations, settled_at, rulebook "
            "FROM publication WHERE document = $1 ORDER BY version",
            document,
        )
        return [_publication(row) for row in rows]

    async def units(self) -> list[DocumentCount]:
        """Units that have published, by name, each with the name in its last publication."""
        rows = await self._pool.fetch(
            "SELECT unit, (array_agg(unit_name ORDER BY published_at DESC))[1] AS name, count(*) AS n "
            "FROM document GROUP BY unit ORDER BY name, unit"
        )
        return [DocumentCount(row["unit"], row["name"], row["n"]) for row in rows]

    async def years(self) -> list[DocumentCount]:
        rows = await self._pool.fetch(
            "SELECT year, count(*) AS n FROM document GROUP BY year ORDER BY year DESC"
        )
        return [DocumentCount(str(row["year"]), str(row["year"]), row["n"]) for row in rows]

    async def categories(self) -> dict[str, int]:
        """Documents by code of category."""
        rows = await self._pool.fetch("SELECT category, count(*) AS n FROM document GROUP BY category")
        return {row["category"]: row["n"] for row in rows}

    async def addresses(self, limit: int = 50_000) -> list[tuple[str, datetime]]:
        """Documents and when they last changed, newest first: for the site map."""
        rows = await self._pool.fetch(
            "SELECT document, published_at FROM document ORDER BY published_at DESC, document DESC LIMIT $1",
            limit,
        )
        return [(row["document"], row["published_at"]) for row in rows]


def _entry(row: Any) -> Entry:
    names = [*_ENTRY.split(", "), "snippet", "score"]
    return Entry(*(row[name] for name in names))


def _publication(row: Any) -> Publication:
    return Publication(
        event_id=row["event_id"],
        version=row["version"],
        published_at=row["published_at"],
        unit_name=row["unit_name"],
        index=row["index_no"],
        digest=row["digest"],
        formed_on=row["formed_on"],
        drafted=row["drafted"],
        drafted_at=row["drafted_at"],
        review=row["review"],
        reviewed_at=row["reviewed_at"],
        consultations=tuple(row["consultations"]),
        settled_at=row["settled_at"],
        rulebook=row["rulebook"],
    )


def _cursor(entry: Entry, relevant: bool) -> str:
    key = [entry.score, entry.published_at.isoformat(), entry.document]
    return base64.urlsafe_b64encode(json.dumps(key if relevant else key[1:]).encode()).decode().rstrip("=")


def _read_cursor(text: str, width: int) -> list[Any] | None:
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        at, document = datetime.fromisoformat(key[-2]), str(key[-1])
        scores = [int(score) for score in key[:-2]]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None
    if len(key) != width or not storable(document) or any(not 0 <= score < 2**31 for score in scores):
        return None
    return [*scores, at, document] if at.utcoffset() is not None and 1900 <= at.year < 3000 else None
