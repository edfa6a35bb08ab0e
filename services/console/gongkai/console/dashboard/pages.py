"""看板: how much is open, late or at risk, by unit and month; every figure links to its cases."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.console.applications import reads as applications
from gongkai.console.applications.reads import Group, totals
from gongkai.console.documents import reads as documents
from gongkai.console.documents.reads import STATES
from gongkai.console.scores import reads as scores
from gongkai.console.visitor import Visiting
from gongkai.contracts.register import Register
from gongkai.identity.signed_in import show
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts

router = APIRouter(include_in_schema=False)

WEEK = timedelta(days=7)
STEPS = ("reviewing", "referred", "consulting", "unanswered", "disputed", "returned", "ready")


@router.get("/dashboard")
@acts(Action.SEE_DESK)
async def dashboard(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    today = local_date(await deps.clock.now())
    groups = await applications.open_groups(deps.pool, who.calendar, who.register, today, who.scope)
    before = await applications.open_groups(
        deps.pool, who.calendar, who.register, today, who.scope, on=today - WEEK
    )
    now, then = totals(groups), totals(before)
    months = await applications.months(deps.pool, who.scope, _year_back(today))
    this_year = [m for m in months if m["month"].year == today.year]
    answered, late = sum(m["answered"] for m in this_year), sum(m["late"] for m in this_year)
    states = await documents.counts(deps.pool, who.draft_scope)
    deductions = await scores.by_unit(deps.pool, today.year)
    return await show(
        request,
        who,
        "dashboard.html",
        at="dashboard",
        now_open=sum(now.values()),
        then_open=sum(then.values()),
        now_late=now.get("late", 0),
        then_late=then.get("late", 0),
        now_risk=now.get("risk", 0),
        now_wait=now.get("wait", 0),
        then_risk=then.get("risk", 0),
        answered=answered,
        rate=None if not answered else round(100 * (answered - late) / answered, 1),
        year=today.year,
        by_unit=_by_unit(groups, who.register, deductions),
        steps=[(state, STATES[state], states.get(state, 0)) for state in STEPS],
        published=states.get("published", 0),
        most=max([states.get(state, 0) for state in STEPS], default=0) or 1,
        months=months,
        whole=who.scope is None,
    )


def _year_back(today: date) -> date:
    """The first day of the month eleven months ago: twelve months with this one."""
    month = today.year * 12 + today.month - 12
    return date(month // 12, month % 12 + 1, 1)


def _by_unit(groups: Sequence[Group], register: Register, deductions: dict[str, Any]) -> list[dict[str, Any]]:
    """Open applications of each unit that has any, those with the most late ones first."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"late": 0, "risk": 0, "open": 0})
    for group in groups:
        state = group.lateness.state if group.lateness.state in ("late", "risk") else "open"
        sums[group.unit][state] += group.count
    rows = [
        {
            "unit": unit,
            "name": register.name(unit),
            "all": sum(counts.values()),
            "points": deductions[unit]["points"] if unit in deductions else 0,
            **counts,
        }
        for unit, counts in sums.items()
    ]
    return sorted(rows, key=lambda r: (-r["late"], -r["risk"], -r["all"], r["name"]))
