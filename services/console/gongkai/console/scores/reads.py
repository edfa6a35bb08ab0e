"""Scores: sums of the items of a year, and each item with the facts under it (SC-4.1)."""

from typing import Any

from gongkai.ledger.read import Connection

FULL = 10_000  # hundredths: a year begins with 100 points


async def years(pool: Connection) -> list[int]:
    return [
        row["year"] for row in await pool.fetch("SELECT DISTINCT year FROM score_item ORDER BY year DESC")
    ]


async def by_unit(pool: Connection, year: int) -> dict[str, Any]:
    """Of each unit that has items that year: their sum, and how many of which indicator."""
    rows = await pool.fetch(
        "SELECT unit, sum(points)::int AS points, count(*)::int AS items,"
        " count(*) FILTER (WHERE indicator = 'application-late')::int AS applications_late,"
        " count(*) FILTER (WHERE indicator = 'consultation-silent')::int AS consultations_silent"
        " FROM score_item WHERE year = $1 GROUP BY unit",
        year,
    )
    return {row["unit"]: row for row in rows}


async def items(pool: Connection, unit: str, year: int) -> list[Any]:
    """With each item the trail's rows of its evidence, as far as they have arrived."""
    rows: list[Any] = await pool.fetch(
        "SELECT i.*, k.document, k.title, a.receipt, a.application,"
        " (SELECT array_agg(e ORDER BY e.at, e.event_id) FROM event e WHERE e.event_id = ANY(i.evidence)) AS facts"
        " FROM score_item i"
        " LEFT JOIN consultation k ON i.case_of = 'consultation-' || k.consultation"
        " LEFT JOIN application a ON i.case_of = 'application-' || a.application"
        " WHERE i.unit = $1 AND i.year = $2 ORDER BY i.at DESC, i.event_id",
        unit,
        year,
    )
    return rows
