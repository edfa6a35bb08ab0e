"""Commands in, position out: opinions of the secrecy review, answers to consultations."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.errors import Refused, Sentence
from gongkai.contracts.events import Digest, Id, Line, PersonId, Text, decode
from gongkai.contracts.vocabulary import Duty, Opinion, StandingRole
from gongkai.ledger import read
from gongkai.runtime.commands import CommandId, Done, PartsOf, carry, known_unit, require_duty, rules_of
from gongkai.runtime.identity import Asking, Principal
from gongkai.runtime.service import Parts
from gongkai.runtime.topology import log_for
from gongkai.services.review.aggregates import CONSULTATION, REVIEW, consultation_stream, review_stream
from gongkai.services.review.domain import consultation, refusals, secrecy_review

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


@router.post("/reviews/{document_id}", status_code=201)
async def examine(
    document_id: Id, said: Examination, who: Asking, parts: PartsOf, command: CommandId
) -> Done:
    """Give the opinion. The secrecy reviewer of the unit; once referred upwards, of the secrecy body (WY-B.8).
    Whoever says again what he said is answered as before."""
    stream = review_stream(document_id)
    entries = await read.stream(parts.pool, log_for("review"), stream)
    state = REVIEW.fold(entries)
    if state is None:
        raise refusals.unknown_review()
    unit = await known_unit(parts.replica, state.request.unit)
    if not _said_before(state, entries, command, who):
        await _may_examine(parts, who, unit.unit, state)
    now = await parts.clock.now()
    cmd = secrecy_review.Examine(said.digest, said.opinion, said.basis, said.reason, who.person, said.draft)
    rules = rules_of(unit, state.request.at)
    return await carry(
        parts,
        command=command,
        stream=stream,
        aggregate=REVIEW,
        decide=lambda state: secrecy_review.examine(state, cmd, rules, now),
        now=now,
        id=document_id,
    )


class ConsultationReply(BaseModel):
    """The written answer of the unit that was asked (SC-3.3)."""

    model_config = ConfigDict(extra="forbid")

    agrees: bool
    reason: Text = ""
    signed_by: PersonId | None = None


@router.post("/consultations/{consultation_id}/answer", status_code=201)
async def answer(
    consultation_id: Id, said: ConsultationReply, who: Asking, parts: PartsOf, command: CommandId
) -> Done:
    """Answer for the asked unit. A disagreement needs its reason and its deputy's signature, which is on paper
    (SC-3.3: 分管领导签署书面意见): any officer who may answer hands it in, and is recorded as who said so."""
    stream = consultation_stream(consultation_id)
    state = CONSULTATION.fold(await read.stream(parts.pool, log_for("review"), stream))
    if state is None:
        raise refusals.unknown_consultation()
    asked = await known_unit(parts.replica, state.request.asked)
    await require_duty(parts, who, asked.unit, Duty.DISCLOSURE_OFFICER, Duty.DEPUTY, Duty.HEAD)
    deputies = frozenset(o.person for o in asked.officers if Duty.DEPUTY in o.duties)
    now = await parts.clock.now()
    rules = rules_of(await known_unit(parts.replica, state.request.unit), state.request.at)
    cmd = consultation.Answer(said.agrees, said.reason, said.signed_by, deputies, who.person)
    return await carry(
        parts,
        command=command,
        stream=stream,
        aggregate=CONSULTATION,
        decide=lambda state: consultation.answer(state, cmd, rules, now),
        now=now,
        id=consultation_id,
    )


def _said_before(
    state: secrecy_review.Pending | secrecy_review.Concluded,
    entries: Sequence[read.Entry],
    command: UUID,
    who: Principal,
) -> bool:
    """True when this very command, or the last opinion, is this person's. Then nothing new comes of it: the aggregate
    answers with what there is, or refuses."""
    if state.said is not None and state.said.by == who.person:
        return True
    mine = [entry.record for entry in entries if entry.record.commandid == command]
    return any(decode(record).by == who.person for record in mine)


async def _may_examine(
    parts: Parts, who: Principal, unit: str, state: secrecy_review.Pending | secrecy_review.Concluded
) -> None:
    referred = isinstance(state, secrecy_review.Pending) and state.said is not None
    if not referred and not isinstance(state, secrecy_review.Concluded):
        return await require_duty(parts, who, unit, Duty.SECRECY_REVIEWER)
    register = await parts.replica.sync()
    bodies = [u for u in register.units.values() if StandingRole.SECRECY in u.roles]
    if any(register.has_duty(who.person, body.unit, Duty.SECRECY_REVIEWER) for body in bodies):
        return None
    if not referred:  # nothing is open: whoever might have said it hears that it is said
        return await require_duty(parts, who, unit, Duty.SECRECY_REVIEWER)
    says = Sentence(
        "该稿已报审，应由保密指导部门审查。", "This version was referred: the secrecy body examines it."
    )
    raise Refused("rights.referred", "WY-B.8", says, status=403)
