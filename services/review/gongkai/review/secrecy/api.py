"""The HTTP interface of the secrecy review: opinions."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.errors import Refused
from gongkai.contracts.events import Digest, Id, Line, Text, decode
from gongkai.contracts.streams import review_stream
from gongkai.contracts.vocabulary import Duty, Opinion
from gongkai.ledger import read
from gongkai.review.actions import Action
from gongkai.review.secrecy import aggregate as secrecy_review
from gongkai.review.secrecy import refusals
from gongkai.review.secrecy.stream import REVIEW
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    Done,
    carry_out_and_answer,
    known_unit,
    rules_for,
)
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["review"])


class Examination(BaseModel):
    """An opinion on exactly one version (WY-B.9). `draft`: the event id of the draft that was read; without it the
    newest draft with that text is meant."""

    model_config = ConfigDict(extra="forbid")

    digest: Digest
    opinion: Opinion
    basis: tuple[Line, ...] = ()
    reason: Text = ""
    draft: UUID | None = None


@router.post("/reviews/{document_id}", status_code=201, summary="保密审查 · Give the secrecy opinion")
@acts(Action.EXAMINE, Action.EXAMINE_REFERRED)
async def examine(
    document_id: Id, body: Examination, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Give the opinion. The secrecy reviewer of the unit; once referred upwards, of the secrecy body (WY-B.8).
    Whoever says again what he said is answered as before."""
    stream = review_stream(document_id)
    entries = await read.stream(deps.pool, log_for("review"), stream)
    state = REVIEW.fold(entries)
    if state is None:
        raise refusals.unknown_review()
    unit = await known_unit(deps.replica, state.request.unit)
    for_whom: frozenset[str] = frozenset()
    if not _is_repeated(state, entries, command, who):
        for_whom = await _may_examine(deps, who, unit.unit, state)
    now = await deps.clock.now()
    cmd = secrecy_review.Examine(
        body.digest, body.opinion, body.basis, body.reason, who.person, body.draft, for_whom
    )
    rules = await rules_for(deps.replica, unit.unit, state.request.at)
    return await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=REVIEW,
        decide=lambda state: secrecy_review.examine(state, cmd, rules, now),
        now=now,
        id=document_id,
    )


class Withdrawal(BaseModel):
    """Which version's opinion is withdrawn, and why."""

    model_config = ConfigDict(extra="forbid")

    digest: Digest
    reason: Text = ""


@router.post(
    "/reviews/{document_id}/withdrawal",
    status_code=201,
    summary="撤回审查意见 · Withdraw the secrecy opinion",
)
@acts(Action.EXAMINE, Action.EXAMINE_REFERRED)
async def withdraw(
    document_id: Id, body: Withdrawal, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Withdraw the opinion on this version. The secrecy reviewer of the unit, or of the secrecy body."""
    stream = review_stream(document_id)
    state = REVIEW.fold(await read.stream(deps.pool, log_for("review"), stream))
    if state is None:
        raise refusals.unknown_review()
    unit = await known_unit(deps.replica, state.request.unit)
    try:
        await require(deps, who, Action.EXAMINE_REFERRED, unit=unit.unit)
    except Refused:
        await require(deps, who, Action.EXAMINE, unit=unit.unit)
    now = await deps.clock.now()
    cmd = secrecy_review.Withdraw(body.digest, body.reason, who.person)
    rules = await rules_for(deps.replica, unit.unit, state.request.at)
    return await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=REVIEW,
        decide=lambda state: secrecy_review.withdraw(state, cmd, rules, now),
        now=now,
        id=document_id,
    )


def _is_repeated(
    state: secrecy_review.Pending | secrecy_review.Concluded,
    entries: Sequence[read.Entry],
    command: UUID,
    who: Principal,
) -> bool:
    """True when this very command, or the last opinion, is this person's. Then nothing new comes of it: the aggregate
    answers with what there is, or refuses."""
    if state.opinion is not None and state.opinion.by == who.person:
        return True
    mine = [entry.record for entry in entries if entry.record.commandid == command]
    return any(decode(record).by == who.person for record in mine)


async def _may_examine(
    deps: Dependencies, who: Principal, unit: str, state: secrecy_review.Pending | secrecy_review.Concluded
) -> frozenset[str]:
    """The unit's reviewer; what was referred upwards, the secrecy body's. Once nothing is open any more, whoever might
    have said it hears that it is said. Returns the colleagues for whom the unit's review is done."""
    if isinstance(state, secrecy_review.Concluded):
        with suppress(Refused):
            await require(deps, who, Action.EXAMINE_REFERRED, unit=unit)
            return frozenset()
    elif state.opinion is not None:
        await require(deps, who, Action.EXAMINE_REFERRED, unit=unit)
        return frozenset()
    right = await require(deps, who, Action.EXAMINE, unit=unit)
    return right.for_whom(who.person, unit, Duty.SECRECY_REVIEWER)
