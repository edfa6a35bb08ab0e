"""One event while it is handled, what a batch of them adds up to, and the result of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from gongkai.contracts.envelope import Place, TooLarge
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import ApplicationReceived
from gongkai.contracts.ingress import RECEIVED, Result
from gongkai.intake.applications.receipts import SANDBOX_CODE, code_of, code_on_record
from gongkai.intake.ingress import envelope, refusals, store
from gongkai.intake.ingress.envelope import IngressEvent
from gongkai.intake.ingress.personal import retained
from gongkai.intake.ingress.problems import problem_of
from gongkai.intake.ingress.store import Key, Row
from gongkai.ledger.decider import BatchDecider, Decided
from gongkai.ledger.seal import Keys

Via = Literal["http", "kafka", "console"]


@dataclass(slots=True)
class IncomingEvent:
    """One event while it is handled: `raw` as it came, `event` once read. With an `error` it is refused, finally."""

    raw: Any
    event: IngressEvent | None = None
    command_id: UUID | None = None
    fingerprint: bytes | None = None
    command: Any = None
    event_id: UUID | None = None  # of the first record that it made
    state: Literal["accepted", "duplicate"] = "accepted"
    place: Place | None = None
    error: Refused | BadInput | TooLarge | None = None
    same_in_batch: "IncomingEvent | None" = None  # an equal one before it in the batch
    conflicting: tuple["IncomingEvent", ...] = ()  # of the batch, with its source and id but other content
    accepted_before: store.AcceptedEvent | None = None
    received: ApplicationReceived | None = None  # of an application that was handed in before


@dataclass(slots=True)
class Batch:
    """What the events of a batch add up to before anything is written."""

    decider: BatchDecider
    decided: list[tuple[IncomingEvent, Decided]] = field(default_factory=list)  # those that aren't refused
    texts: dict[bytes, tuple[bytes, str]] = field(default_factory=dict)


async def result_of(item: IncomingEvent, via: Via, keys: Keys, *, sandbox: bool) -> Result:
    """The result of an event that has been handled."""
    if item.error is not None:
        source, id_, _ = envelope.identified(item.raw)
        problem = problem_of(item.error)
        return Result(
            source=source,
            id=id_,
            state="refused",
            status=problem.status,
            problem=problem,
            practice=sandbox,
        )
    assert item.event is not None
    first = item.same_in_batch
    if first is not None and first.error is not None:
        return await result_of(first, via, keys, sandbox=sandbox)
    made, receipt, place = _made(item)
    if first is not None:
        place = first.place
    return Result(
        source=item.event.source,
        id=item.event.id,
        state=item.state,
        status=202 if item.state == "accepted" else 200,
        made=made,
        place=None if place is None else str(place),
        receipt=receipt,
        code=await _code(item, keys, sandbox) if item.event.type == RECEIVED and via == "http" else None,
        practice=sandbox,
    )


async def _code(item: IncomingEvent, keys: Keys, sandbox: bool) -> str:
    """In the sandbox nobody's: the caller chose the application's id, and another unit may yet register it."""
    if sandbox:
        return SANDBOX_CODE
    if (recorded := item.received) is not None:
        return await code_on_record(
            keys, recorded.application, recorded.unit, recorded.receipt, recorded.code_digest
        )
    command = (item.same_in_batch or item).command
    return await code_of(keys, command.made, command.data.unit)


def _made(item: IncomingEvent) -> tuple[str, str | None, Place | None]:
    if (before := item.accepted_before) is not None:
        return before.made, before.receipt, before.place
    command = (item.same_in_batch or item).command
    return command.made, command.receipt, item.place


def key_of(item: IncomingEvent) -> Key:
    assert item.event is not None
    return item.event.source, item.event.id


def mark_duplicates(items: list[IncomingEvent], known: Mapping[Key, store.AcceptedEvent]) -> None:
    """Marks what was accepted before (`known`), or comes twice in this batch; refuses an id that names another event."""
    seen: dict[Key, list[IncomingEvent]] = {}
    for item in items:
        key = key_of(item)
        if (before := known.get(key)) is not None:
            if before.fingerprint == item.fingerprint:
                item.state, item.accepted_before, item.place = "duplicate", before, before.place
            else:
                item.error = refusals.id_reused()
        elif (earlier := seen.get(key)) is not None:
            same = next((each for each in earlier if each.fingerprint == item.fingerprint), None)
            if same is not None:
                item.state, item.same_in_batch = "duplicate", same
            else:  # where those are refused, it is the same event, corrected
                item.conflicting = tuple(earlier)
                earlier.append(item)
        else:
            seen[key] = [item]


def rows_of(items: list[IncomingEvent]) -> list[Row]:
    """A row a source and id that isn't a duplicate: the accepted event's where there is one, else the last refused."""
    rows: list[Row] = []
    by_key: dict[Key, Row] = {}
    for item in items:
        if item.state == "duplicate":
            continue
        if item.error is None:
            by_key[key_of(item)] = _accepted_row(item)
            continue
        source, id_, kind = envelope.identified(item.raw)
        data = item.raw.get("data") if isinstance(item.raw, dict) else None
        row = Row(source, id_, kind, "refused", problem=problem_of(item.error), data=retained(kind, data))
        if source is None or id_ is None:
            rows.append(row)
        elif by_key.get((source, id_), row).state == "refused":
            by_key[source, id_] = row
    return [*by_key.values(), *rows]


def _accepted_row(item: IncomingEvent) -> Row:
    event = item.event
    assert event is not None
    return Row(
        event.source,
        event.id,
        event.type,
        "accepted",
        item.event_id,
        item.fingerprint,
        item.command.made,
        item.command.receipt,
    )
