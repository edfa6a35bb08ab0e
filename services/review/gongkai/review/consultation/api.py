"""The HTTP interface of consultations: answers of the units that are asked."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.events import EventRef, Id, PersonId, Text, decode
from gongkai.contracts.streams import consultation_stream
from gongkai.contracts.vocabulary import Duty
from gongkai.ledger import read
from gongkai.review.actions import Action
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.consultation import refusals
from gongkai.review.consultation.stream import CONSULTATION
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    Done,
    carry_out_and_answer,
    known_unit,
    rules_for,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["review"])


class ConsultationReply(BaseModel):
    """The written answer of the unit that was asked (SC-3.3)."""

    model_config = ConfigDict(extra="forbid")

    agrees: bool
    reason: Text = ""
    signed_by: PersonId | None = None


@router.post(
    "/consultations/{consultation_id}/answer", status_code=201, summary="答复征求意见 · Answer a consultation"
)
@acts(Action.ANSWER_CONSULTATION)
async def answer(
    consultation_id: Id,
    body: ConsultationReply,
    who: Asking,
    deps: DecidingDependenciesOf,
    command: CommandId,
) -> Done:
    """Answer for the asked unit. A disagreement needs its reason and its deputy's signature, which is on paper
    (SC-3.3: 分管领导签署书面意见): any officer who may answer hands it in, and is recorded as who said so."""
    stream = consultation_stream(consultation_id)
    state = CONSULTATION.fold(await read.stream(deps.pool, log_for("review"), stream))
    if state is None:
        raise refusals.unknown_consultation()
    asked = await known_unit(deps.replica, state.request.asked)
    right = await require(deps, who, Action.ANSWER_CONSULTATION, asked=[asked.unit])
    now = await deps.clock.now()
    deputies = frozenset(o.person for o in right.register.officers(asked.unit, Duty.DEPUTY))
    rules = await rules_for(deps.replica, state.request.unit, state.request.at)
    drafter = await _drafter(deps, state.request.draft)
    cmd = consultation.Answer(body.agrees, body.reason, body.signed_by, deputies, who.person, drafter)
    return await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=CONSULTATION,
        decide=lambda state: consultation.answer(state, cmd, rules, now),
        now=now,
        id=consultation_id,
    )


class Objection(BaseModel):
    """Why a unit that had agreed objects (SC-3.3)."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = ""
    signed_by: PersonId | None = None


@router.post(
    "/consultations/{consultation_id}/objection",
    status_code=201,
    summary="同意后提出异议 · Object after having agreed",
)
@acts(Action.ANSWER_CONSULTATION)
async def object_(
    consultation_id: Id, body: Objection, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Object for a unit that had agreed: with reason and its deputy's signature. Nothing goes out under it from here on."""
    stream = consultation_stream(consultation_id)
    state = CONSULTATION.fold(await read.stream(deps.pool, log_for("review"), stream))
    if state is None:
        raise refusals.unknown_consultation()
    asked = await known_unit(deps.replica, state.request.asked)
    right = await require(deps, who, Action.ANSWER_CONSULTATION, asked=[asked.unit])
    now = await deps.clock.now()
    deputies = frozenset(o.person for o in right.register.officers(asked.unit, Duty.DEPUTY))
    rules = await rules_for(deps.replica, state.request.unit, state.request.at)
    cmd = consultation.Object(body.reason, body.signed_by, deputies, who.person)
    return await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=CONSULTATION,
        decide=lambda state: consultation.object_(state, cmd, rules, now),
        now=now,
        id=consultation_id,
    )


async def _drafter(deps: Dependencies, draft: EventRef | None) -> str | None:
    """Who drafted what the letter is about."""
    entries = await read.by_event_id(deps.pool, log_for("intake"), [draft.id]) if draft else []
    return decode(entries[0].record).by if entries else None
