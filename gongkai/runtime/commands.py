"""A command over HTTP: its id, its author's right, the rules of its unit, and the answer with its place."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import structlog
from fastapi import Depends, Header, Request
from pydantic import BaseModel

from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import BadInput, Refused, Sentence
from gongkai.contracts.events import Event, UnitRegistered
from gongkai.contracts.vocabulary import Duty
from gongkai.ledger.decider import Aggregate, Intent, Outcome
from gongkai.rules import Rules
from gongkai.rules.calendar import official
from gongkai.rules.moment import local_date
from gongkai.rules.rulebooks import load, shipped
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.registry import Replica
from gongkai.runtime.service import Parts


async def parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(parts_of)]


_SAID = UUID("a3855b3c-dfbb-46e5-84f7-08d3bb5fe19e")  # no timer's or reaction's id is made in it


async def idempotency_key(idempotency_key: Annotated[str | None, Header()] = None) -> UUID | None:
    """What the caller calls this command, so that it can be said again safely."""
    try:
        return None if idempotency_key is None else UUID(idempotency_key)
    except ValueError:
        says = Sentence("请求头 Idempotency-Key 应为 UUID。", "The header Idempotency-Key must be a UUID.")
        raise BadInput("input.idempotency-key", says, field="Idempotency-Key", status=400) from None


CallersKey = Annotated[UUID | None, Depends(idempotency_key)]


async def command_id(request: Request, who: Asking, parts: PartsOf, key: CallersKey) -> UUID:
    """The command's id: a new one without the caller's key; with it, the same for the very same command only.

    The same key with other words, elsewhere or from somebody else is another command, decided on its own merits:
    nobody is told another's result, and nobody can take the id that a timer or a reaction will have. A command's
    body is JSON, which FastAPI has read before this and keeps.
    """
    if key is None:
        command = uuid4()
    else:
        words = sha256(await request.body()).hexdigest()
        where = (parts.settings.service, request.method, request.url.path, request.url.query)
        command = _said(who.issuer, who.person, str(key), *where, words)
    structlog.contextvars.bind_contextvars(command=str(command))
    return command


CommandId = Annotated[UUID, Depends(command_id)]


def named(issuer: str, person: str, key: UUID) -> str:
    """The id of what a command makes when its caller gives it none: the caller's key alone decides it, so that
    a key with other words doesn't make a second one."""
    return _said(issuer, person, str(key)).hex


async def fresh_name(who: Asking, key: CallersKey) -> str:
    return named(who.issuer, who.person, key or uuid4())


FreshName = Annotated[str, Depends(fresh_name)]


def _said(*what: str) -> UUID:
    return uuid5(_SAID, json.dumps(what, ensure_ascii=False))


class Done(BaseModel):
    """A command's answer: what it made or changed, and where its last event stands in the log."""

    id: str
    place: str | None
    repeated: bool = False


def basis() -> str:
    """What deadlines are computed with: the calendar, and every rulebook. A new one moves the open deadlines."""
    books = "".join(file.content.model_dump_json() for _, file in sorted(shipped().files.items()))
    return f"{official().version} {sha256(books.encode()).hexdigest()[:8]}"


def rules_of(unit: UnitRegistered, now: datetime) -> Rules:
    """The rules that bind a unit at that moment: its jurisdiction picks the rulebook, the date picks the version."""
    return rules_of_jurisdiction(unit.jurisdiction, now)


def rules_of_jurisdiction(jurisdiction: str, now: datetime) -> Rules:
    """As `rules_of`. Raises Refused for a jurisdiction without a rulebook."""
    try:
        return Rules(load(jurisdiction, on=local_date(now)), official())
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


@clause("SC-1.1")
async def require_duty(parts: Parts, who: Principal, unit: str, *duties: Duty) -> None:
    """Refuse unless the person holds one of the duties in that unit."""
    for register in (parts.replica.register, None):
        known = register or await parts.replica.sync()
        if known.has_duty(who.person, unit, *duties):
            return
    wanted_zh, wanted_en = "、".join(d.zh for d in duties), ", ".join(d.en for d in duties)
    says = Sentence(f"该操作需由“{unit}”的{wanted_zh}办理。", f"Only a {wanted_en} of “{unit}” may do this.")
    raise Refused("rights.duty", "SC-1.1", says, status=403)


def require_registrar(who: Principal) -> None:
    if not who.registrar:
        says = Sentence("只有名录管理员可以登记单位。", "Only the registrar may register units.")
        raise Refused("rights.registrar", "SC-1.1", says, status=403)


async def carry(
    parts: Parts,
    *,
    command: UUID,
    stream: str,
    aggregate: Aggregate[Any],
    decide: Callable[[Any], Sequence[Event]],
    now: datetime,
    id: str,
) -> Done:
    """Carry out and answer. The record names the register's position that the right came from."""
    intent = Intent(command, stream, aggregate, decide, registerat=parts.replica.place())
    outcome: Outcome = await parts.carry_out(intent, now)
    return Done(id=id, place=None if outcome.place is None else str(outcome.place), repeated=outcome.repeated)
