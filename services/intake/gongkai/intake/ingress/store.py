"""What was handed in, as it is remembered: by each system's (source, id), so that it counts once however often it is said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pydantic_core import from_json, to_json

from gongkai.contracts.envelope import Place
from gongkai.contracts.ingress import Result
from gongkai.contracts.problem import Problem
from gongkai.ledger.read import LogId
from gongkai.runtime.topology import log_for

Key = tuple[str, str]
"""Source and id."""

KEPT: Final = timedelta(days=90)  # that a refused event is kept
MOST_KEPT: Final = 10_000  # refused events of one unit
LARGEST_KEPT: Final = 16 * 1024  # bytes of a refused event's data
SWEPT: Final = 500  # refused events after which those too many are looked for


@dataclass(frozen=True, slots=True)
class Row:
    """One event, as it goes into the table."""

    source: str | None
    id: str | None
    type: str | None
    state: Literal["accepted", "refused"]
    event: UUID | None = None  # the first that it made
    fingerprint: bytes | None = None
    made: str | None = None
    receipt: str | None = None
    problem: Problem | None = None
    kept: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before under the same name, and accepted."""

    fingerprint: bytes
    made: str
    receipt: str | None
    place: Place | None


def _log() -> LogId:
    return log_for("intake")


async def accepted(conn: Any, system: str, keys: Collection[Key]) -> dict[Key, Before]:
    """Which of these were accepted before, and what came of them."""
    log = _log()
    rows = await conn.fetch(  # LIMIT 1: one look into an index for each, whatever the statistics of a growing table say
        "SELECT h.*, e.partition, e.position + e.more AS last FROM unnest($2::text[], $3::text[]) AS u (source, id),"
        " LATERAL (SELECT source, id, fingerprint, made, receipt, event FROM handed"
        "  WHERE system = $1 AND source = u.source AND id = u.id AND state = 'accepted' LIMIT 1) AS h"
        " LEFT JOIN LATERAL (SELECT partition, position, more"
        f"  FROM {log.schema}.log_entry WHERE event_id = h.event LIMIT 1) AS e ON true",
        system,
        [source for source, _ in keys],
        [id_ for _, id_ in keys],
    )
    return {
        (r["source"], r["id"]): Before(
            r["fingerprint"],
            r["made"],
            r["receipt"],
            None if r["last"] is None else Place(log.name, r["partition"], r["last"]),
        )
        for r in rows
    }


async def keep(conn: Any, rows: Sequence[Row], *, system: str, unit: str, via: str, now: datetime) -> int:
    """Remember these, one row a key. How many of the accepted are new: where one isn't, somebody was quicker.

    What was refused before is replaced by what is said now; what was accepted stays.
    """
    rows = sorted(rows, key=lambda r: (r.source or "", r.id or ""))
    fresh = await conn.fetch(
        "INSERT INTO handed (system, unit, via, at, source, id, type, event, fingerprint, state, made, receipt,"
        " code, problem, kept)"
        " SELECT $1, $2, $3, $4, u.* FROM unnest($5::text[], $6::text[], $7::text[], $8::uuid[], $9::bytea[],"
        " $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[], $15::bytea[]) AS u"
        " ON CONFLICT (system, source, id) DO UPDATE SET unit = excluded.unit, via = excluded.via, at = excluded.at,"
        " type = excluded.type, event = excluded.event, fingerprint = excluded.fingerprint,"
        " state = excluded.state, made = excluded.made, receipt = excluded.receipt, code = excluded.code,"
        " problem = excluded.problem, kept = excluded.kept WHERE handed.state = 'refused' RETURNING state",
        system,
        unit,
        via,
        now,
        *(
            [getattr(row, name) for row in rows]
            for name in ("source", "id", "type", "event", "fingerprint", "state", "made", "receipt")
        ),
        [row.problem.code if row.problem else None for row in rows],
        [to_json(row.problem) if row.problem else None for row in rows],
        [_bounded(row.kept) if row.problem else None for row in rows],
    )
    return sum(row["state"] == "accepted" for row in fresh)


def _bounded(data: dict[str, Any] | None) -> bytes:
    kept = to_json(data or {})
    if len(kept) > LARGEST_KEPT:
        kept = to_json({name: value for name, value in (data or {}).items() if name != "text"})
    return kept if len(kept) <= LARGEST_KEPT else b"{}"


async def sweep(conn: Any, unit: str, now: datetime) -> None:
    """Drop refused events of a unit that are too old, or too many."""
    await conn.execute(
        "DELETE FROM handed WHERE unit = $1 AND state = 'refused' AND (at < $2 OR n <= ("
        " SELECT n FROM handed WHERE unit = $1 AND state = 'refused' ORDER BY n DESC OFFSET $3 LIMIT 1))",
        unit,
        now - KEPT,
        MOST_KEPT,
    )


async def forget(conn: Any, now: datetime) -> None:
    """Drop refused events that are too old, of all units."""
    await conn.execute("DELETE FROM handed WHERE state = 'refused' AND at < $1", now - KEPT)


_SHOWN = (
    "SELECT h.n, h.system, h.unit, h.source, h.id, h.type, h.via, h.state, h.made, h.receipt, h.at, h.problem,"
    " h.kept, e.partition, e.position + e.more AS last FROM handed h"
    " LEFT JOIN {schema}.log_entry e ON e.event_id = h.event"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as it stands, for its system and its unit's officers."""

    n: int
    system: str
    unit: str
    type: str | None
    via: str
    at: datetime
    result: Result
    data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which page of a list: what stands before a number, or after it, or the newest."""

    before: int | None = None
    after: int | None = None


async def one(conn: Any, system: str, source: str, id_: str) -> Shown | None:
    where = " WHERE h.system = $1 AND h.source = $2 AND h.id = $3"
    row = await conn.fetchrow(_select() + where, system, source, id_)
    return None if row is None else _shown(row)


async def numbered(conn: Any, units: Sequence[str], n: int) -> Shown | None:
    row = await conn.fetchrow(_select() + " WHERE h.unit = ANY($1) AND h.n = $2", list(units), n)
    return None if row is None else _shown(row)


async def listed(
    conn: Any, units: Sequence[str], leaf: Leaf, *, system: str = "", state: str = "", limit: int
) -> list[Shown]:
    """Those of the units, newest first; oldest first for a leaf that says `after`."""
    where, values = ["h.unit = ANY($1)"], list[Any]([list(units)])
    for column, value in (
        ("h.system =", system),
        ("h.state =", state),
        ("h.n <", leaf.before),
        ("h.n >", leaf.after),
    ):
        if value not in ("", None):
            values.append(value)
            where.append(f"{column} ${len(values)}")
    order = "ASC" if leaf.after is not None else "DESC"
    rows = await conn.fetch(
        f"{_select()} WHERE {' AND '.join(where)} ORDER BY h.n {order} LIMIT {limit}", *values
    )
    return [_shown(row) for row in rows]


def _select() -> str:
    return _SHOWN.format(schema=_log().schema)


def _shown(row: Any) -> Shown:
    problem = None if row["problem"] is None else Problem(**from_json(row["problem"]))
    place = None if row["last"] is None else str(Place(_log().name, row["partition"], row["last"]))
    result = Result(
        source=row["source"],
        id=row["id"],
        state=row["state"],
        status=problem.status if problem else 202,
        made=row["made"],
        place=place,
        receipt=row["receipt"],
        problem=problem,
    )
    data = None if row["kept"] is None else from_json(row["kept"])
    return Shown(row["n"], row["system"], row["unit"], row["type"], row["via"], row["at"], result, data)


async def drop(conn: Any, unit: str, n: int) -> None:
    """A refused event that was handed in anew under another name."""
    await conn.execute("DELETE FROM handed WHERE unit = $1 AND n = $2 AND state = 'refused'", unit, n)
