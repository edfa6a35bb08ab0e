"""One event on its way through the door, what a batch of them adds up to, and what is told about each."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from gongkai.contracts.envelope import Place, TooLarge
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import ApplicationReceived
from gongkai.contracts.ingress import RECEIVED, Result
from gongkai.intake.applications.receipts import PRACTICE_CODE, code_of, code_on_record
from gongkai.intake.ingress import envelope, store
from gongkai.intake.ingress.envelope import Handed
from gongkai.intake.ingress.input_errors import problem_of
from gongkai.intake.ingress.personal import kept
from gongkai.intake.ingress.store import Key, Row
from gongkai.ledger.append import Write
from gongkai.ledger.read import Entry
from gongkai.ledger.seal import Keys

Via = Literal["http", "kafka", "console"]


@dataclass(slots=True)
class Item:
    """One event on its way through. Once it has an `error`, nothing more can become of it."""

    said: Any
    handed: Handed | None = None
    command: UUID | None = None
    fingerprint: bytes | None = None
    matter: Any = None
    event: UUID | None = None
    state: Literal["accepted", "duplicate"] = "accepted"
    place: Place | None = None
    error: Refused | BadInput | TooLarge | None = None
    earlier: "Item | None" = None  # that said the same, in the same batch
    rivals: tuple["Item", ...] = ()  # that had the same name and said something else there
    before: store.Before | None = None
    received: ApplicationReceived | None = None  # of an application that was handed in before


@dataclass(slots=True)
class Pile:
    """What a chunk adds up to before anything is written."""

    streams: dict[str, list[Entry]]
    trace: str | None
    states: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    written: list[Item] = field(default_factory=list)
    texts: dict[bytes, tuple[bytes, str]] = field(default_factory=dict)


async def told(item: Item, via: Via, keys: Keys, *, practice: bool) -> Result:
    """The result of one event that is through."""
    if item.error is not None:
        source, id_, _ = envelope.named(item.said)
        problem = problem_of(item.error)
        return Result(
            source=source,
            id=id_,
            state="refused",
            status=problem.status,
            problem=problem,
            practice=practice,
        )
    assert item.handed is not None
    first = item.earlier
    if first is not None and first.error is not None:
        return await told(first, via, keys, practice=practice)
    made, receipt, place = _made(item)
    if first is not None:
        place = first.place
    return Result(
        source=item.handed.source,
        id=item.handed.id,
        state=item.state,
        status=202 if item.state == "accepted" else 200,
        made=made,
        place=None if place is None else str(place),
        receipt=receipt,
        code=await _code(item, keys, practice) if item.handed.type == RECEIVED and via == "http" else None,
        practice=practice,
    )


async def _code(item: Item, keys: Keys, practice: bool) -> str:
    """In practice nobody's: the application's id is the caller's word, and another unit may yet register it."""
    if practice:
        return PRACTICE_CODE
    if (on_record := item.received) is not None:
        return await code_on_record(
            keys, on_record.application, on_record.unit, on_record.receipt, on_record.code_digest
        )
    matter = (item.earlier or item).matter
    return await code_of(keys, matter.made, matter.said.unit)


def _made(item: Item) -> tuple[str, str | None, Place | None]:
    if item.before is not None:
        return item.before.made, item.before.receipt, item.before.place
    matter = (item.earlier or item).matter
    return matter.made, matter.receipt, item.place


def key_of(item: Item) -> Key:
    assert item.handed is not None
    return item.handed.source, item.handed.id


def rows_of(items: list[Item]) -> list[Row]:
    """A row for each event that is new: the accepted one where several have one name, else the last that was refused."""
    rows: list[Row] = []
    by_key: dict[Key, Row] = {}
    for item in items:
        if item.state == "duplicate":
            continue
        if item.error is None:
            handed = item.handed
            assert handed is not None
            by_key[key_of(item)] = Row(
                handed.source,
                handed.id,
                handed.type,
                "accepted",
                item.event,
                item.fingerprint,
                item.matter.made,
                item.matter.receipt,
            )
            continue
        source, id_, kind = envelope.named(item.said)
        data = item.said.get("data") if isinstance(item.said, dict) else None
        row = Row(source, id_, kind, "refused", problem=problem_of(item.error), kept=kept(kind, data))
        if source is None or id_ is None:
            rows.append(row)
        elif by_key.get((source, id_), row).state == "refused":
            by_key[source, id_] = row
    return [*by_key.values(), *rows]
