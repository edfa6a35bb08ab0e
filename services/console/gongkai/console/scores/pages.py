"""考核: units by score, and a unit's year with each deduction and the facts under it (SC-4.1)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.console.events.timeline import steps
from gongkai.console.scores import reads as scores
from gongkai.console.scores.reads import FULL
from gongkai.console.visitor import Visiting
from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Indicator
from gongkai.identity.signed_in import show
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies

Year = Annotated[int | None, Query(ge=1900, le=9999)]

router = APIRouter(include_in_schema=False)


async def _years(deps: Dependencies, asked: int | None) -> tuple[int, list[int]]:
    """The year to show, and those to choose from; the clock's own year is always among them."""
    current = local_date(await deps.clock.now()).year
    years = sorted({current, *await scores.years(deps.pool)}, reverse=True)
    return (asked if asked is not None else current), years


@router.get("/scores")
@acts(Action.SEE_SCORES)
async def listing(request: Request, who: Visiting, deps: DependenciesOf, year: Year = None) -> Response:
    shown, years = await _years(deps, year)
    sums = await scores.by_unit(deps.pool, shown)
    rows: list[dict[str, Any]] = []
    for unit in _those_of(who.register, shown):
        item = sums.get(unit.unit)
        rows.append({
            "unit": unit.unit,
            "name": unit.name,
            "score": FULL + (item["points"] if item else 0),
            "points": item["points"] if item else 0,
            "applications_late": item["applications_late"] if item else 0,
            "consultations_silent": item["consultations_silent"] if item else 0,
        })  # fmt: skip
    rows.sort(key=lambda r: (-r["score"], r["name"]))
    places = {r["score"]: place for place, r in reversed(list(enumerate(rows, start=1)))}
    return await show(
        request, who, "scores.html", at="scores", rows=rows, places=places, year=shown, years=years, full=FULL
    )


def _those_of(register: Register, year: int) -> list[UnitRegistered]:
    """The units that existed in some part of the year."""
    ended = [unit for unit in register.endings if (end := register.ended(unit)) and end.on.year >= year]
    return [*register.units.values(), *(entry for unit in ended if (entry := register.unit(unit)))]


@router.get("/scores/{unit}")
@acts(Action.SEE_SCORES)
async def one(
    request: Request, unit: str, who: Visiting, deps: DependenciesOf, year: Year = None
) -> Response:
    entry = who.register.unit(unit)
    if entry is None:
        raise HTTPException(404)
    shown, years = await _years(deps, year)
    found = await scores.items(deps.pool, unit, shown)
    items = [
        {
            "row": row,
            "indicator": Indicator(row["indicator"]),
            "steps": steps(who, row["facts"] or []),
            "opens": who.sees(unit),
        }
        for row in found
    ]
    return await show(
        request,
        who,
        "score.html",
        at="scores",
        unit=entry,
        items=items,
        year=shown,
        years=years,
        total=FULL + sum(row["points"] for row in found),
        full=FULL,
    )
