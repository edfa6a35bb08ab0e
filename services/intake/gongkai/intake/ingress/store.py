"""The table `handed`: the events handed in, by system, source and id, so that each counts once however often it comes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pydantic_core import from_json, to_json

from gongkai.contracts.envelope import Place
from gongkai.contracts.ingress import Result
from gongkai.contracts.problem import Problem
from gongkai.ledger.read import Connection, LogId
from gongkai.runtime.topology import log_for

Key = tuple[str, str]
"""Source and id."""

RETENTION: Final = timedelta(days=90)  # of refused events
MAX_REFUSED: Final = 10_000  # refused events of one unit
MAX_DATA: Final = 16 * 1024  # bytes of a refused event's data
CLEANUP_AFTER: Final = 500  # refused events of a unit after which those over MAX_REFUSED are deleted


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
    data: dict[str, Any] | None = None  # of a refused event, as far as it is stored


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """What was handed in before with the same source and id, and accepted."""

    fingerprint: bytes
    made: str
    receipt: str | None
    place: Place | None


def _log() -> LogId:
    return log_for("intake")


async def accepted(conn: Connection, system: str, keys: Collection[Key]) -> dict[Key, AcceptedEvent]:
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
        (r["source"], r["id"]): AcceptedEvent(
            r["fingerprint"],
            r["made"],
            r["receipt"],
            None if r["last"] is None else Place(log.name, r["partition"], r["last"]),
        )
        for r in rows
    }


async def record(
    conn: Connection, rows: Sequence[Row], *, system: str, unit: str, via: str, now: datetime
) -> int:
    """Write these, one row a source and id. Returns how many of the accepted are new: one that isn't was written concurrently.

    A refused event is replaced by one that comes after it; an accepted one stays.
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
        [_bounded(row.data) if row.problem else None for row in rows],
    )
    return sum(row["state"] == "accepted" for row in fresh)


def _bounded(data: dict[str, Any] | None) -> bytes:
    json = to_json(data or {})
    if len(json) > MAX_DATA:
        json = to_json({name: value for name, value in (data or {}).items() if name != "text"})
    return json if len(json) <= MAX_DATA else b"{}"


async def delete_excess(conn: Connection, unit: str, now: datetime) -> None:
    """Drop refused events of a unit that are too old, or too many."""
    await conn.execute(
        "DELETE FROM handed WHERE unit = $1 AND state = 'refused' AND (at < $2 OR n <= ("
        " SELECT n FROM handed WHERE unit = $1 AND state = 'refused' ORDER BY n DESC OFFSET $3 LIMIT 1))",
        unit,
        now - RETENTION,
        MAX_REFUSED,
    )


async def delete_expired(conn: Connection, now: datetime) -> None:
    """Drop refused events that are too old, of all units."""
    await conn.execute("DELETE FROM handed WHERE state = 'refused' AND at < $1", now - RETENTION)


_SHOWN = (
    "SELECT h.n, h.system, h.unit, h.source, h.id, h.type, h.via, h.state, h.made, h.receipt, h.at, h.problem,"
    " h.kept, e.partition, e.position + e.more AS last FROM handed h"
    " LEFT JOIN {schema}.log_entry e ON e.event_id = h.event"
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the table, as its system and its unit's officers see it."""

    n: int
    system: str
    unit: str
    type: str | None
    via: str
    at: datetime
    result: Result
    data: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which page of a list: the events before a number, or after it, or the newest."""

    before: int | None = None
    after: int | None = None


async def find(conn: Connection, system: str, source: str, id_: str) -> StoredEvent | None:
    where = " WHERE h.system = $1 AND h.source = $2 AND h.id = $3"
    row = await conn.fetchrow(_select() + where, system, source, id_)
    return None if row is None else _shown(row)


async def find_by_number(conn: Connection, units: Sequence[str], n: int) -> StoredEvent | None:
    row = await conn.fetchrow(_select() + " WHERE h.unit = ANY($1) AND h.n = $2", list(units), n)
    return None if row is None else _shown(row)


async def page(
    conn: Connection, units: Sequence[str], cursor: Cursor, *, system: str = "", state: str = "", limit: int
) -> list[StoredEvent]:
    """Those of the units, newest first; oldest first where the cursor says `after`."""
    where, values = ["h.unit = ANY($1)"], list[Any]([list(units)])
    for column, value in (
        ("h.system =", system),
        ("h.state =", state),
        ("h.n <", cursor.before),
        ("h.n >", cursor.after),
    ):
        if value not in ("", None):
            values.append(value)
            where.append(f"{column} ${len(values)}")
    order = "ASC" if cursor.after is not None else "DESC"
    rows = await conn.fetch(
        f"{_select()} WHERE {' AND '.join(where)} ORDER BY h.n {order} LIMIT {limit}", *values
    )
    return [_shown(row) for row in rows]


def _select() -> str:
    return _SHOWN.format(schema=_log().schema)


def _shown(row: Any) -> StoredEvent:
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
    return StoredEvent(row["n"], row["system"], row["unit"], row["type"], row["via"], row["at"], result, data)


async def delete_refused(conn: Connection, unit: str, n: int) -> None:
    """Delete a refused event that was handed in again with another source and id."""
    await conn.execute("DELETE FROM handed WHERE unit = $1 AND n = $2 AND state = 'refused'", unit, n)
