"""Applications as the console shows them: the open ones by due day, the answered ones as judged."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.console.lateness import Due, Lateness, application_due, lateness_of
from gongkai.console.lists.conditions import Where
from gongkai.console.lists.cursor import Slice
from gongkai.console.lists.listing import FIRST_PAGE, Key, PageCursor, listed
from gongkai.contracts.register import Register
from gongkai.ledger.read import Connection
from gongkai.rules.calendar import Calendar

FAR = date.max  # sorts those whose due day isn't known yet behind all others


@dataclass(frozen=True, slots=True)
class Group:
    """Open applications of one unit received on one day: they share their clock."""

    unit: str
    received_on: date
    rules_on: date
    count: int
    lateness: Lateness


@dataclass(frozen=True, slots=True)
class Open:
    """One open application with its lateness."""

    row: Any
    due: date
    lateness: Lateness


def due_of(calendar: Calendar, register: Register, row: Any) -> Due:
    return application_due(calendar, register.jurisdiction(row["unit"]), row["received_on"], row["rules_on"])


async def open_groups(
    pool: Connection,
    calendar: Calendar,
    register: Register,
    today: date,
    scope: list[str] | None,
    *,
    on: date | None = None,
) -> list[Group]:
    """All that is open; with `on`, what was open at the end of that day, with its lateness then."""
    where = Where()
    if on is None:
        where.require("answered IS NULL AND received IS NOT NULL")
    else:
        where.require("received_on <= {0} AND (answered_on IS NULL OR answered_on > {0})", on)
    if scope is not None:
        where.require("unit = ANY({}::text[])", scope)
    rows = await pool.fetch(
        "SELECT unit, received_on, rules_on, count(*) AS n FROM application"
        f" WHERE {where} GROUP BY unit, received_on, rules_on",
        *where.values,
    )
    known = (row for row in rows if register.unit(row["unit"]) is not None)
    return [
        Group(
            r["unit"],
            r["received_on"],
            r["rules_on"],
            r["n"],
            lateness_of(due_of(calendar, register, r), on or today),
        )
        for r in known
    ]


def totals(groups: Iterable[Group]) -> dict[str, int]:
    """Open applications by state: late, risk, open, wait."""
    sums: dict[str, int] = defaultdict(int)
    for group in groups:
        sums[group.lateness.state] += group.count
    return sums


async def open_listing(
    pool: Connection, groups: Iterable[Group], cursor: PageCursor = FIRST_PAGE, *, unless: str = ""
) -> Slice[Open]:
    """Those of the groups, the most urgent first; without those for which the condition `unless` holds."""
    chosen = list(groups)
    lateness = {(g.unit, g.received_on, g.rules_on): g.lateness for g in chosen}
    where = Where([
        [g.unit for g in chosen],
        [g.received_on for g in chosen],
        [g.rules_on for g in chosen],
        [g.lateness.due or FAR for g in chosen],
    ])  # fmt: skip
    where.require("answered IS NULL")
    if unless:
        where.require(f"NOT {unless}")
    select = (
        "SELECT * FROM application JOIN unnest($1::text[], $2::date[], $3::date[], $4::date[])"
        " AS g(unit, received_on, rules_on, due_on) USING (unit, received_on, rules_on)"
    )
    key: Key = {"due_on": date.fromisoformat, "application": str}
    found = await listed(pool, select, where, key, cursor, rising=True)
    rows = [Open(r, r["due_on"], lateness[r["unit"], r["received_on"], r["rules_on"]]) for r in found.rows]
    return Slice(rows, found.newer, found.older)


async def answered_listing(
    pool: Connection,
    scope: list[str] | None,
    cursor: PageCursor = FIRST_PAGE,
    *,
    unit: str = "",
    late: bool = False,
    since: date | None = None,
) -> Slice[Any]:
    """The answered ones, newest first; `late`: only those that were answered late."""
    where = Where()
    where.require("answered IS NOT NULL")
    if scope is not None:
        where.require("unit = ANY({}::text[])", scope)
    if unit:
        where.require("unit = {}", unit)
    if late:
        where.require("late_days > 0")
    if since is not None:
        where.require("answered_on >= {}", since)
    key: Key = {"answered_on": date.fromisoformat, "application": str}
    return await listed(pool, "SELECT * FROM application", where, key, cursor)


async def one(pool: Connection, application: str) -> Any | None:
    return await pool.fetchrow("SELECT * FROM application WHERE application = $1", application)


async def months(pool: Connection, scope: list[str] | None, since: date) -> list[Any]:
    """By month of the answer: how many, and how many late."""
    where = Where()
    where.require("answered IS NOT NULL AND answered_on >= {}", since)
    if scope is not None:
        where.require("unit = ANY({}::text[])", scope)
    rows: list[Any] = await pool.fetch(
        "SELECT date_trunc('month', answered_on)::date AS month, count(*) AS answered,"
        f" count(*) FILTER (WHERE late_days > 0) AS late FROM application WHERE {where} GROUP BY 1 ORDER BY 1",
        *where.values,
    )
    return rows
