"""For a unit's officers: the events that its systems handed in, and a refused one corrected and handed in as their own."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from gongkai.contracts.events import Id
from gongkai.contracts.ingress import Result
from gongkai.intake.actions import Action
from gongkai.intake.ingress import refusals, store
from gongkai.intake.ingress.api import ACTIONS, Listed, Number, Status, handler_of, page_of, status_of
from gongkai.ledger.read import Connection
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.identity import Asking
from gongkai.runtime.openapi import answers
from gongkai.runtime.rights import acts, require

router = APIRouter(prefix="/v1/units/{unit}/events", tags=["ingress"])

Numbered = Annotated[int, Path(ge=0, lt=2**63)]


class Mended(BaseModel):
    """A refused event's data as it should be; id and source stay, and so does the type unless one is given."""

    model_config = ConfigDict(extra="forbid")

    data: dict[str, Any]
    type: str | None = None
    id: str | None = None  # where the event had none that could be read
    source: str | None = None


@router.get("", summary="本单位系统报送的事件 · What the unit's systems handed in")
@acts(Action.READ_DRAFT)
async def listing(
    unit: Id,
    who: Asking,
    deps: DependenciesOf,
    *,
    system: Annotated[str, Query(max_length=80)] = "",
    state: Annotated[str, Query(pattern="^(accepted|refused)?$")] = "",
    before: Number = None,
    after: Number = None,
) -> Listed:
    """What the unit's systems handed in, newest first."""
    await require(deps, who, Action.READ_DRAFT, unit=unit)
    return await page_of(deps.pool, [unit], store.Cursor(before, after), system=system, state=state)


@router.get("/{n}", summary="查看报送的事件 · One of them")
@acts(Action.READ_DRAFT)
async def one(unit: Id, n: Numbered, who: Asking, deps: DependenciesOf) -> Status:
    """One of them; of a refused one what was kept of its data: nothing personal."""
    await require(deps, who, Action.READ_DRAFT, unit=unit)
    return status_of(await _stored(deps.pool, unit, n))


@router.post(
    "/{n}/mended", summary="更正后重报 · Mend and hand in again", responses=answers(409), name="mend"
)
@acts(*ACTIONS)
async def correct(
    unit: Id, n: Numbered, correction: Mended, *, request: Request, who: Asking, deps: DependenciesOf
) -> Result:
    """Hand in a refused event again, mended. It counts as the person's own act, and is decided by his or her rights."""
    await require(deps, who, Action.READ_DRAFT, unit=unit)
    if who.system is not None:
        raise refusals.for_persons()
    row = await _stored(deps.pool, unit, n)
    if row.result.state != "refused":
        raise refusals.not_refused()
    event = {
        "specversion": "1.0",
        "id": row.result.id or correction.id or f"mended-{n}",
        "source": row.result.source or correction.source or f"console/{unit}",
        "type": correction.type or row.type,
        "data": correction.data,
    }
    [result] = await handler_of(request).handle(who, row.system, unit, [event], via="console")
    if result.state == "accepted" and row.result.id is None:
        await store.delete_refused(deps.pool, unit, n)  # without an id the new row couldn't replace it
    return result


async def _stored(pool: Connection, unit: str, n: int) -> store.StoredEvent:
    row = await store.find_by_number(pool, [unit], n)
    if row is None:
        raise refusals.unknown()
    return row
