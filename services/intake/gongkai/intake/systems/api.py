"""业务系统: the systems that speak for units are entered here. Their keys are the console's to give out."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.events import Id, InputLine, InputText
from gongkai.contracts.streams import system_stream
from gongkai.contracts.vocabulary import HandIn
from gongkai.intake.actions import Action
from gongkai.intake.systems import aggregate as agency_system
from gongkai.intake.systems import refusals
from gongkai.intake.systems.stream import AGENCY_SYSTEM
from gongkai.ledger import read
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
from gongkai.runtime.topology import log_for

router = APIRouter(tags=["systems"])


class System(BaseModel):
    """A system, the unit that it speaks for, and what it may hand in."""

    model_config = ConfigDict(extra="forbid")

    system: Id
    name: InputLine
    unit: Id
    may: tuple[HandIn, ...]


class Retirement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: InputText = ""


@router.post("/systems", status_code=201, summary="登记业务系统 · Register a system")
@acts(Action.REGISTER_SYSTEM)
async def register_system(
    body: System, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Let a system speak for a unit, or say anew what it may hand in. Its unit stays."""
    await require(deps, who, Action.REGISTER_SYSTEM)
    await known_unit(deps.replica, body.unit)
    now = await deps.clock.now()
    cmd, rules = (
        agency_system.Register(**dict(body), by=who.person),
        await rules_for(deps.replica, body.unit, now),
    )
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=system_stream(body.system),
        aggregate=AGENCY_SYSTEM,
        decide=lambda state: agency_system.register(state, cmd, rules, now),
        now=now,
        id=body.system,
    )
    await deps.replica.sync()
    return done


@router.post("/systems/{system_id}/retirement", status_code=201, summary="停用业务系统 · Retire a system")
@acts(Action.RETIRE_SYSTEM)
async def retire_system(
    system_id: Id, body: Retirement, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """End it, from now on: its tokens and keys are good for nothing any more."""
    await require(deps, who, Action.RETIRE_SYSTEM)
    stream = system_stream(system_id)
    state = AGENCY_SYSTEM.fold(await read.stream(deps.pool, log_for("intake"), stream))
    if state is None:
        raise refusals.unknown_system()
    unit = state.entry.unit if isinstance(state, agency_system.Active) else state.unit
    now = await deps.clock.now()
    cmd = agency_system.Retire(body.reason, who.person)
    rules = await rules_for(deps.replica, unit, now)
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=stream,
        aggregate=AGENCY_SYSTEM,
        decide=lambda state: agency_system.retire(state, cmd, rules, now),
        now=now,
        id=system_id,
    )
    await deps.replica.sync()
    return done
