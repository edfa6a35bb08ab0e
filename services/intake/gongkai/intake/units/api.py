"""政务公开责任制度: units come into the register here, and are read from it (SC-1.1, SC-1.2, SC-1.3, SC-A1.3)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as WrongNumber

from gongkai.contracts.addressees import addressee, takes_applications
from gongkai.contracts.entries import UnitEntry
from gongkai.contracts.events import Assignment, DisclosureBody, Id, Officer, SaidLine, Successor
from gongkai.contracts.gaps import gaps
from gongkai.contracts.register import Register
from gongkai.contracts.superiors import common_superior
from gongkai.contracts.vocabulary import Reorganisation
from gongkai.intake.actions import Action
from gongkai.intake.streams import UNIT, unit_stream
from gongkai.intake.units import aggregate as unit
from gongkai.intake.units import refusals as unit_refusals
from gongkai.runtime.commands import (
    CommandId,
    DependenciesOf,
    Done,
    carry,
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


def _as(kind: type[BaseModel]) -> AfterValidator:
    """What came in under stricter rules, as it is stored."""
    return AfterValidator(lambda said: kind(**dict(said)))


def _social_credit(code: str) -> str:
    """GB 32100-2015: 18 signs, the last of which follows from the others."""
    try:
        return str(uscc.validate(code))
    except WrongNumber:
        says = "统一社会信用代码有误 · not a unified social credit code"
        raise PydanticCustomError("social-credit-code", says) from None


class SaidOfficer(Officer):
    name: SaidLine


class SaidBody(DisclosureBody):
    name: SaidLine
    address: SaidLine | None = None
    hours: SaidLine | None = None
    phone: SaidLine | None = None


class SaidAssignment(Assignment):
    section: SaidLine


class SaidSuccessor(Successor):
    scope: SaidLine | None = None


class SaidEntry(UnitEntry):
    """A unit's entry as it comes in."""

    name: SaidLine
    officers: tuple[Annotated[SaidOfficer, _as(Officer)], ...] = ()
    code: Annotated[SaidLine, AfterValidator(_social_credit)] | None = None
    section: SaidLine | None = None
    body: Annotated[SaidBody, _as(DisclosureBody)] | None = None
    assignments: tuple[Annotated[SaidAssignment, _as(Assignment)], ...] = ()


class UnitShown(UnitEntry):
    """A unit in the register. `apply_to`: who is to be applied to for its information, itself or another unit."""

    takes_applications: bool
    apply_to: Id | None
    ended_on: date | None = None  # the first day without it


class Ending(BaseModel):
    """How a unit ends, from which day on, and who takes over."""

    model_config = ConfigDict(extra="forbid")

    kind: Reorganisation
    on: date
    successors: tuple[Annotated[SaidSuccessor, _as(Successor)], ...] = ()
    decided_by: Id | None = None
    basis: SaidLine | None = None


class OwnerShown(BaseModel):
    """Who owes what the unit owes. `path`: by which ended units it came there."""

    unit: Id
    name: str
    scope: str | None
    path: list[Id]


class StepShown(BaseModel):
    unit: Id
    name: str
    line: str


class CommonShown(BaseModel):
    """共同的上一级行政机关 of two units, and the way there from either."""

    unit: Id
    name: str
    ways: list[list[StepShown]]


class GapShown(BaseModel):
    unit: Id
    code: str
    clause: str
    zh: str
    en: str


@router.post("/units", status_code=201, summary="登记单位 · Enter a unit in the register")
@acts(Action.REGISTER_UNIT)
async def register_unit(entry: SaidEntry, who: Asking, deps: DependenciesOf, command: CommandId) -> Done:
    """Enter a unit into the register, or replace its entry as a whole. The same entry again changes nothing."""
    await require(deps, who, Action.REGISTER_UNIT)
    now = await deps.clock.now()
    cmd = unit.Register(**dict(entry), by=who.person)
    if entry.superior not in (None, entry.unit):
        await known_unit(deps.replica, str(entry.superior), "/superior")
    rules = rules_of_jurisdiction(deps.replica, entry.jurisdiction, now)
    done = await carry(
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
async def end_unit(unit_id: Id, said: Ending, who: Asking, deps: DependenciesOf, command: CommandId) -> Done:
    """Enter that a unit ends: abolished, merged, divided or renamed, and who owes from that day on what it owed."""
    await require(deps, who, Action.END_UNIT)
    await deps.replica.sync()  # another unit's end may have been entered just now
    rules = await rules_for(deps.replica, unit_id, now := await deps.clock.now())
    if said.decided_by is not None:
        decider = await known_unit(deps.replica, said.decided_by, "/decided_by")
        if _owes_it_all(said) and not _goes_on(deps.replica.register, unit_id, said.decided_by, said.on):
            raise unit_refusals.ended_decider(decider.name)
    for index, heir in enumerate(said.successors):
        entry = await known_unit(deps.replica, heir.unit, f"/successors/{index}/unit")
        if not _goes_on(deps.replica.register, unit_id, heir.unit, said.on):
            raise unit_refusals.ended_successor(index, entry.name)
    cmd = unit.Succeed(unit_id, **dict(said), by=who.person)
    done = await carry(
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


def _owes_it_all(said: Ending) -> bool:
    """Whether who decided the end owes what is left: there is no successor who does."""
    return not said.successors and said.kind is not Reorganisation.WITHDRAWN


def _goes_on(register: Register, ending: str, heir: str, on: date) -> bool:
    """Who is to owe what is left has to exist on that day, and must never have been succeeded by the unit that ends."""
    later = {owner for found in register.owners(heir) for owner in (found.unit, *found.path)}
    return heir == ending or (
        register.exists(heir, on) and ending not in later
    )  # itself: the aggregate says it


@router.get("/units", summary="单位名录 · The register of units")
@acts(Action.READ_UNITS)
async def units(
    who: Asking, deps: DependenciesOf, on: date | None = None, ended: bool = False
) -> list[UnitShown]:
    """The register today, or as of a day; with the units that had ended, where asked for. The public sees units and
    their disclosure bodies, not officers."""
    register = await _register(deps, on)
    gone = [u for u in register.endings if register.ended(u) and register.unit(u)] if ended else []
    return [_shown(register, u, public=who.is_public) for u in (*register.units, *gone)]


def _shown(register: Register, unit_id: str, *, public: bool) -> UnitShown:
    entry, ending = register.unit(unit_id), register.ended(unit_id)
    assert entry is not None
    said: dict[str, Any] = dict(UnitEntry(**entry.model_dump(exclude={"at", "by"})))
    if public:
        body = entry.body.model_copy(update={"officer": None}) if entry.body else None
        said |= {"officers": (), "body": body}
    return UnitShown(
        **said,
        takes_applications=ending is None and takes_applications(entry),
        apply_to=addressee(register, unit_id),
        ended_on=ending.on if ending else None,
    )


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
        for g in gaps(register)
    ]


async def _register(deps: Dependencies, on: date | None) -> Register:
    register = await register_today(deps)
    return register.as_of(on)
