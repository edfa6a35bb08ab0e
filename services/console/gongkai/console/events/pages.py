"""审计记录: every event of every log, and each record as it was stored, byte for byte (GT-supervise)."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.console.events import reads as events
from gongkai.console.events.reads import EventFilters
from gongkai.console.events.timeline import acting_words, person_words, post_words, steps
from gongkai.console.lists.addresses import Cursor, Day, page_links
from gongkai.console.service import LOGS
from gongkai.console.visitor import Visiting, Visitor
from gongkai.contracts.envelope import Place
from gongkai.identity.signed_in import show
from gongkai.ledger import read
from gongkai.ledger.read import Entry
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies

router = APIRouter(include_in_schema=False)

_NAMED = {
    "intake": ("受理", "intake"),
    "review": ("审查", "review"),
    "publishing": ("发布", "publishing"),
    "scoring": ("考核", "scoring"),
}
LOG_NAMES = {name: _NAMED.get(log.schema, (name, name)) for name, log in LOGS.items()}


@router.get("/events")
@acts(Action.SEE_DESK)
async def listing(
    request: Request,
    who: Visiting,
    deps: DependenciesOf,
    *,
    log: str = "",
    stream: str = "",
    name: str = "",
    unit: str = "",
    since: Day = None,
    until: Day = None,
    cursor: Cursor,
) -> Response:
    filters = EventFilters(log, stream.strip(), name, unit, since, until)
    found = await events.listing(deps.pool, filters, who.scope, cursor)
    return await show(
        request,
        who,
        "events.html",
        at="events",
        found=found,
        filters=filters,
        names=events.names(),
        logs=LOG_NAMES,
        units=who.choosable(who.scope),
        people={
            row["event_id"]: post_words(who.register.as_of(local_date(row["at"])), row["by"], row["unit"])
            for row in found.rows
        },
        page_links=page_links("/events", filters, found),
    )


async def _found(deps: Dependencies, who: Visitor, event_id: UUID) -> tuple[Any, Entry]:
    row = await events.one(deps.pool, event_id)
    if row is None:
        raise HTTPException(404)
    who.must(Action.SEE_CASES, row["unit"], [row["other_unit"]])
    entries = await read.by_event_id(deps.pool, LOGS[row["log"]], [event_id])
    if not entries:
        raise HTTPException(404)
    return row, entries[0]


@router.get("/events/{event_id}")
@acts(Action.SEE_CASES)
async def one(request: Request, event_id: UUID, who: Visiting, deps: DependenciesOf) -> Response:
    row, entry = await _found(deps, who, event_id)
    acting_in = row["other_unit"] if row["name"] == "ConsultationAnswered" else row["unit"]
    neighbours = [r for r in await events.of_stream(deps.pool, row["stream"]) if r["log"] == row["log"]]
    return await show(
        request,
        who,
        "event.html",
        at="events",
        row=row,
        log=LOG_NAMES[row["log"]],
        name=events.name_of(row["name"]),
        entry=entry,
        record=json.dumps(json.loads(entry.raw), ensure_ascii=False, indent=2),
        cause=await _cause(deps, entry),
        leaf_hash=sha256(b"\x00" + entry.raw).hexdigest(),
        by=person_words(who.register, row["by"], acting_in, local_date(row["at"])),
        acting=acting_words(who.register, row["by"], acting_in, local_date(row["at"])),
        stream=[(r["event_id"], step) for r, step in zip(neighbours, steps(who, neighbours), strict=True)],
    )


async def _cause(deps: Dependencies, entry: Entry) -> UUID | None:
    """The event that this one follows from."""
    if entry.record.cause is None:
        return None
    place = Place.parse(entry.record.cause)
    found = await read.after(deps.pool, LOGS[place.log], place.position - 1, 1)
    return found[0].event_id if found and found[0].place == place else None


@router.get("/events/{event_id}/record.json")
@acts(Action.SEE_CASES)
async def record(event_id: UUID, who: Visiting, deps: DependenciesOf) -> Response:
    """The record as stored: what its leaf hash is taken over."""
    _, entry = await _found(deps, who, event_id)
    named = {"Content-Disposition": f'attachment; filename="{event_id}.json"'}
    return Response(entry.raw, media_type="application/cloudevents+json", headers=named)
