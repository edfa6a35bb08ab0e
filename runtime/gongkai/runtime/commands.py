"""A command over HTTP: its id, its author's right, the rules of its unit, and the answer with its place."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID, uuid4

import structlog
from fastapi import Depends, Header, Request
from pydantic import BaseModel

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.events import Event, UnitRegistered
from gongkai.contracts.register import Register
from gongkai.ledger.decider import Intent, Outcome
from gongkai.ledger.streams import Aggregate
from gongkai.rules import Rules
from gongkai.rules.calendar import Calendar
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebooks import load, shipped
from gongkai.runtime.identity import Asking
from gongkai.runtime.registry import Replica
from gongkai.runtime.service import DecidingDependencies, Dependencies


async def dependencies_of(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.deps
    return deps


async def deciding_dependencies_of(request: Request) -> DecidingDependencies:
    deps: DecidingDependencies = request.app.state.deps
    return deps


DependenciesOf = Annotated[Dependencies, Depends(dependencies_of)]
DecidingDependenciesOf = Annotated[DecidingDependencies, Depends(deciding_dependencies_of)]


_SAID = UUID("a3855b3c-dfbb-46e5-84f7-08d3bb5fe19e")  # no timer's or reaction's id is made in it


_KEY = Header(
    description="命令的编号（UUID），重复提交同一命令只生效一次 · "
    "the command's id, a UUID: the very same command said again counts once",
    json_schema_extra={"format": "uuid"},
)


async def idempotency_key(idempotency_key: Annotated[str | None, _KEY] = None) -> UUID | None:
    """What the caller calls this command, so that it can be said again safely."""
    try:
        return None if idempotency_key is None else UUID(idempotency_key)
    except ValueError:
        says = Sentence("请求头 Idempotency-Key 应为 UUID。", "The header Idempotency-Key must be a UUID.")
        raise BadInput("input.idempotency-key", says, field="Idempotency-Key", status=400) from None


CallersKey = Annotated[UUID | None, Depends(idempotency_key)]


async def command_id(request: Request, who: Asking, deps: DependenciesOf, key: CallersKey) -> UUID:
    """The command's id: a new one without the caller's key; with it, the same for the very same command only.

    The same key with other words, elsewhere or from somebody else is another command, decided on its own merits:
    nobody is told another's result, and nobody can take the id that a timer or a reaction will have. A command's
    body is JSON, which FastAPI has read before this and keeps.
    """
    if key is None:
        command = uuid4()
    else:
        words = sha256(await request.body()).hexdigest()
        where = (deps.settings.service, request.method, request.url.path, request.url.query)
        command = _command_uuid(who.issuer, who.person, str(key), *where, words)
    structlog.contextvars.bind_contextvars(command=str(command))
    return command


CommandId = Annotated[UUID, Depends(command_id)]


def derived_name(issuer: str, person: str, key: UUID) -> str:
    """The id of what a command makes when its caller gives it none: the caller's key alone decides it, so that
    a key with other words doesn't make a second one."""
    return _command_uuid(issuer, person, str(key)).hex


async def new_id(who: Asking, key: CallersKey) -> str:
    return derived_name(who.issuer, who.person, key or uuid4())


FreshName = Annotated[str, Depends(new_id)]


def _command_uuid(*what: str) -> UUID:
    return derived_id(_SAID, json.dumps(what, ensure_ascii=False))


class Done(BaseModel):
    """A command's answer: what it made or changed, and where its last event stands in the log."""

    id: str
    place: str | None
    repeated: bool = False


def basis(calendar: Calendar) -> str:
    """What deadlines are computed with: the calendar, and every rulebook. A new one moves the open deadlines."""
    return f"{calendar.version} {_books()}"


@cache
def _books() -> str:
    books = "".join(file.content.model_dump_json() for _, file in sorted(shipped().files.items()))
    return sha256(books.encode()).hexdigest()[:8]


async def register_today(deps: Dependencies) -> Register:
    """The register as far as the logs go, as of today."""
    known: Register = await deps.replica.sync()
    return known.as_of(local_date(await deps.clock.now()))


def rules_at(replica: Replica, unit: str, at: datetime) -> Rules:
    """The rules that bind a unit at that moment: its jurisdiction picks the rulebook, its superior's where it is managed
    from there (WY-H.11); the date picks the version. KeyError for an unknown unit."""
    return rules_of_jurisdiction(replica, replica.register.jurisdiction(unit, local_date(at)), at)


async def rules_for(replica: Replica, unit: str, at: datetime) -> Rules:
    """As `rules_at`; looks into the log first. Raises Refused for a unit that isn't there."""
    await known_unit(replica, unit)
    return rules_at(replica, unit, at)


def rules_of_jurisdiction(replica: Replica, jurisdiction: str, now: datetime) -> Rules:
    """As `rules_at`. Raises Refused for a jurisdiction without a rulebook."""
    try:
        return Rules(load(jurisdiction, on=local_date(now)), replica.calendar)
    except LookupError:
        says = Sentence(
            f"没有“{jurisdiction}”的规则书。请先为该地区增加规则书。",
            f"There is no rulebook for “{jurisdiction}”. Add one for that jurisdiction first.",
        )
        raise Refused("unit.no-rulebook", "GT-scope", says, field="/jurisdiction") from None


async def known_unit(replica: Replica, unit: str, field: str = "/unit") -> UnitRegistered:
    """The unit's entry in the register. Raises Refused for one that isn't there."""
    entry = await replica.unit(unit)
    if entry is None:
        says = Sentence(
            f"单位“{unit}”未在单位名录中登记。请先由政务公开主管部门登记该单位。",
            f"The unit “{unit}” is not in the register. The disclosure authority has to register it first.",
        )
        raise Refused("unit.unknown", "SC-1.1", says, field=field)
    return entry


async def carry_out_and_answer(
    deps: DecidingDependencies,
    *,
    command: UUID,
    stream: str,
    aggregate: Aggregate[Any],
    decide: Callable[[Any], Sequence[Event]],
    now: datetime,
    id: str,
) -> Done:
    """Carry out and answer. The record names the register's position that the right came from."""
    intent = Intent(command, stream, aggregate, decide, registerat=deps.replica.place())
    outcome: Outcome = await deps.carry_out(intent, now)
    return Done(id=id, place=None if outcome.place is None else str(outcome.place), repeated=outcome.repeated)
