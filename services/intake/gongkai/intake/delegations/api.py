"""委托代行: who goes on leave hands his duties on here, or the unit's head does it for him."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.events import Id, InputText, PersonId
from gongkai.contracts.streams import delegation_stream
from gongkai.contracts.vocabulary import Duty
from gongkai.intake.actions import Action
from gongkai.intake.delegations import aggregate as delegation
from gongkai.intake.delegations import refusals
from gongkai.intake.delegations.stream import DELEGATION
from gongkai.ledger import read
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    Done,
    carry_out_and_answer,
    known_unit,
    rules_for,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts, require
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["delegations"])


class Delegation(BaseModel):
    """From one day until another, both included, in Shanghai."""

    model_config = ConfigDict(extra="forbid")

    delegation: Id | None = None
    unit: Id
    giver: PersonId
    taker: PersonId
    duties: tuple[Duty, ...] = Field(min_length=1)
    since: date
    until: date
    reason: InputText = ""


@router.post("/delegations", status_code=201, summary="委托代行职责 · Hand duties on")
@acts(Action.DELEGATE)
async def delegate(body: Delegation, who: Asking, deps: DecidingDependenciesOf, command: CommandId) -> Done:
    """Hand duties on to a colleague for some days."""
    unit = await known_unit(deps.replica, body.unit)
    await require(deps, who, Action.DELEGATE, unit=body.unit, person=body.giver)
    now = await deps.clock.now()
    register, today = deps.replica.register, local_date(now)
    colleagues = {o.person for o in unit.officers if Duty.AUDITOR not in o.duties}
    delegation_id = body.delegation or derived_id(command, "delegation").hex
    fields = dict(body) | {
        "delegation": delegation_id,
        "held": register.own_duties(body.giver, body.unit, today),
        "colleagues": frozenset(colleagues),
        "by": who.person,
    }
    cmd, rules = delegation.Delegate(**fields), await rules_for(deps.replica, body.unit, now)
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=delegation_stream(delegation_id),
        aggregate=DELEGATION,
        decide=lambda state: delegation.delegate(state, cmd, rules, now),
        now=now,
        id=delegation_id,
    )
    await deps.replica.sync()
    return done


@router.post(
    "/delegations/{delegation_id}/withdrawal",
    status_code=201,
    summary="撤回委托 · Take duties back",
    responses=answers(413),
)
@acts(Action.WITHDRAW_DELEGATION)
async def withdraw(delegation_id: Id, who: Asking, deps: DecidingDependenciesOf, command: CommandId) -> Done:
    """Take them back, from now on."""
    stream = delegation_stream(delegation_id)
    state = DELEGATION.fold(await read.stream(deps.pool, log_for("intake"), stream))
    if state is None:
        raise refusals.unknown_delegation()
    given = state.event
    await require(deps, who, Action.WITHDRAW_DELEGATION, unit=given.unit, person=given.giver)
    now = await deps.clock.now()
    rules = await rules_for(deps.replica, given.unit, now)
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=DELEGATION,
        decide=lambda state: delegation.withdraw(state, delegation.Withdraw(who.person), rules, now),
        now=now,
        id=delegation_id,
    )
    await deps.replica.sync()
    return done
