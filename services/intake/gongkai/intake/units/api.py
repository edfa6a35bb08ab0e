"""政务公开责任制度: units come into the register here, and are read from it (SC-1.1, SC-1.2, SC-1.3, SC-A1.3)."""

from datetime import date

from fastapi import APIRouter

from gongkai.contracts.events import Id
from gongkai.contracts.register import Register
from gongkai.contracts.register_gaps import find_gaps
from gongkai.contracts.streams import unit_stream
from gongkai.contracts.superiors import common_superior
from gongkai.intake.actions import Action
from gongkai.intake.units import aggregate as unit
from gongkai.intake.units.models import (
    CommonShown,
    Ending,
    GapShown,
    OwnerShown,
    SaidEntry,
    StepShown,
    UnitShown,
    unit_shown,
)
from gongkai.intake.units.rules import require_decider, require_successor
from gongkai.intake.units.stream import UNIT
from gongkai.runtime.commands import (
    CommandId,
    DecidingDependenciesOf,
    DependenciesOf,
    Done,
    carry_out_and_answer,
    known_unit,
    register_today,
    rules_for,
    rules_of_jurisdiction,
)
from gongkai.runtime.identity import Asking
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies

router = APIRouter(tags=["units"])


@router.post("/units", status_code=201, summary="登记单位 · Enter a unit in the register")
@acts(Action.REGISTER_UNIT)
async def register_unit(
    entry: SaidEntry, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Enter a unit into the register, or replace its entry as a whole. The same entry again changes nothing."""
    await require(deps, who, Action.REGISTER_UNIT)
    now = await deps.clock.now()
    cmd = unit.Register(**dict(entry), by=who.person)
    if entry.superior not in (None, entry.unit):
        await known_unit(deps.replica, str(entry.superior), "/superior")
    rules = rules_of_jurisdiction(deps.replica, entry.jurisdiction, now)
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=unit_stream(entry.unit),
        aggregate=UNIT,
        decide=lambda state: unit.register(state, cmd, rules, now, deps.replica.register.name),
        now=now,
        id=entry.unit,
    )
    await deps.replica.sync()
    return done


@router.post("/units/{unit_id}/ending", status_code=201, summary="登记单位变更 · Enter how a unit ends")
@acts(Action.END_UNIT)
async def end_unit(
    unit_id: Id, ending: Ending, who: Asking, deps: DecidingDependenciesOf, command: CommandId
) -> Done:
    """Enter that a unit ends: abolished, merged, divided or renamed, and who owes from that day on what it owed."""
    await require(deps, who, Action.END_UNIT)
    await deps.replica.sync()  # another unit's end may have been entered just now
    rules = await rules_for(deps.replica, unit_id, now := await deps.clock.now())
    cmd = unit.Succeed(unit_id, **dict(ending), by=who.person)
    if cmd.decided_by is not None:
        await known_unit(deps.replica, cmd.decided_by, "/decided_by")
        require_decider(deps.replica.register, cmd)
    for index, heir in enumerate(cmd.successors):
        await known_unit(deps.replica, heir.unit, f"/successors/{index}/unit")
        require_successor(deps.replica.register, cmd, index)
    done = await carry_out_and_answer(
        deps,
        command=command,
        stream=unit_stream(unit_id),
        aggregate=UNIT,
        decide=lambda state: unit.succeed(state, cmd, rules, now),
        now=now,
        id=unit_id,
    )
    await deps.replica.sync()
    return done


@router.get("/units", summary="单位名录 · The register of units")
@acts(Action.READ_UNITS)
async def units(
    who: Asking, deps: DependenciesOf, on: date | None = None, ended: bool = False
) -> list[UnitShown]:
    """The register today, or as of a day; with the units that had ended, where asked for. The public sees units and
    their disclosure bodies, not officers."""
    register = await _register(deps, on)
    gone = [u for u in register.endings if register.ended(u) and register.unit(u)] if ended else []
    return [unit_shown(register, u, public=who.is_public) for u in (*register.units, *gone)]


@router.get("/units/{unit_id}/owners", summary="责任单位 · Who owes what a unit owes", responses=answers(404))
@acts(Action.READ_UNITS)
async def owners(unit_id: Id, who: Asking, deps: DependenciesOf, on: date | None = None) -> list[OwnerShown]:
    """Who owes on that day what the unit owes; without one, today (SC-A1.3)."""
    await known_unit(deps.replica, unit_id)
    register = await _register(deps, on)
    return [
        OwnerShown(unit=o.unit, name=register.name(o.unit), scope=o.scope, path=list(o.path))
        for o in register.owners(unit_id)
    ]


@router.get(
    "/units/{unit_id}/common-superior/{other_id}",
    summary="共同上一级 · The common superior",
    responses=answers(404),
)
@acts(Action.READ_UNITS)
async def superior_of_both(
    unit_id: Id, other_id: Id, who: Asking, deps: DependenciesOf, on: date | None = None
) -> CommonShown | None:
    """共同的上一级行政机关 over both lines, with the way there; null where they share none (SC-1.2, SC-3.3)."""
    await known_unit(deps.replica, unit_id)
    await known_unit(deps.replica, other_id)
    register = await _register(deps, on)
    found = common_superior(register, unit_id, other_id)
    if found is None:
        return None
    ways = [
        [StepShown(unit=s.unit, name=register.name(s.unit), line=s.line) for s in way] for way in found.ways
    ]
    return CommonShown(unit=found.unit, name=register.name(found.unit), ways=ways)


@router.get("/register/gaps", summary="名录缺项 · What the register lacks")
@acts(Action.READ_GAPS)
async def register_gaps(who: Asking, deps: DependenciesOf, on: date | None = None) -> list[GapShown]:
    """What the register still lacks, for its officers and the registrar."""
    register = await _register(deps, on)
    await require(deps, who, Action.READ_GAPS)
    return [
        GapShown(unit=g.unit, code=g.code, clause=g.clause, zh=g.says.zh, en=g.says.en)
        for g in find_gaps(register)
    ]


async def _register(deps: Dependencies, on: date | None) -> Register:
    register = await register_today(deps)
    return register.as_of(on)
