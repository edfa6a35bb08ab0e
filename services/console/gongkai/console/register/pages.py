"""单位名录: the register as a tree, and a unit's page with its officers, superiors, history and gaps (SC-1.1, SC-A1.3)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.console.events import reads as events
from gongkai.console.events.timeline import Step, person_words
from gongkai.console.lists.addresses import Day
from gongkai.console.register import reads as units
from gongkai.console.register.reads import RegisterFilters
from gongkai.console.visitor import Visiting, Visitor
from gongkai.contracts.addressees import addressee, takes_applications
from gongkai.contracts.events import UnitRegistered
from gongkai.contracts.register import Register
from gongkai.contracts.register_gaps import gaps_of_unit
from gongkai.contracts.streams import unit_stream
from gongkai.contracts.superiors import CommonSuperior, common_superior, leading
from gongkai.contracts.vocabulary import StandingRole, UnitKind
from gongkai.identity.signed_in import show
from gongkai.rules.local_time import local_date
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import acts
from gongkai.web import t
from gongkai.web.dates import date_words

router = APIRouter(include_in_schema=False)

FIELDS = {
    "name": ("名称", "name"),
    "kind": ("类别", "kind"),
    "level": ("层级", "level"),
    "jurisdiction": ("适用规则", "jurisdiction"),
    "government": ("所属人民政府", "government"),
    "superior": ("上级主管部门", "superior"),
    "managed": ("管理体制", "management"),
    "code": ("统一社会信用代码", "social credit code"),
    "roles": ("常设职能", "standing roles"),
    "section": ("承办科室", "section"),
    "body": ("政务公开工作机构", "disclosure body"),
    "officers": ("人员及职责", "officers and duties"),
    "assignments": ("非公文信息分工", "standing assignments"),
    "own_name": ("以自己名义履职", "acting in its own name"),
}


@router.get("/register")
@acts(Action.SEE_REGISTER)
async def listing(
    request: Request,
    who: Visiting,
    deps: DependenciesOf,
    *,
    q: str = "",
    kind: str = "",
    role: str = "",
    lacking: bool = False,
    on: Day = None,
) -> Response:
    filters = RegisterFilters(q, kind, role, lacking, on)
    today = local_date(await deps.clock.now())
    register = who.register.as_of(filters.on or today)
    rows = units.listing(register, filters)
    return await show(
        request,
        who,
        "register.html",
        at="register",
        rows=rows,
        filters=filters,
        as_of=filters.on or today,
        kinds=list(UnitKind),
        roles=list(StandingRole),
        lacking=sum(len(row.gaps) for row in rows),
        ended=_ended(register),
        known=register,
    )


def _ended(register: Register) -> list[dict[str, Any]]:
    """Units that had ended by that day, and which units took their affairs over."""
    return [
        {"unit": unit, "name": register.name(unit), "ending": ending, "owners": register.owners(unit)}
        for unit in register.endings
        if (ending := register.ended(unit)) and register.unit(unit)
    ]


@router.get("/register/{unit}")
@acts(Action.SEE_REGISTER)
async def one(
    request: Request,
    unit: str,
    who: Visiting,
    deps: DependenciesOf,
    *,
    on: Day = None,
    other_unit: Annotated[str, Query(alias="beside")] = "",
) -> Response:
    today = local_date(await deps.clock.now())
    register = who.register.as_of(on or today)
    entry = register.unit(unit)
    if entry is None:
        if unit not in who.register.history:
            raise HTTPException(404)
        entry = who.register.history[unit][0]  # it holds from a later day only
    rows = {row["at"]: row["event_id"] for row in await events.of_stream(deps.pool, unit_stream(unit))}
    ending = register.ended(unit)
    return await show(
        request,
        who,
        "unit.html",
        at="register",
        entry=entry,
        unit=unit,
        as_of=on or today,
        on=on,
        begins=entry.since if entry.since > (on or today) else None,
        ending=ending,
        owners=register.owners(unit),
        inherited=register.inherited(unit),
        lines=leading(register, unit),
        rules=register.jurisdiction(unit),
        gaps=() if ending else gaps_of_unit(register, entry),
        takes=ending is None and takes_applications(entry),
        apply_to=addressee(register, unit),
        history=_history(who, unit, rows),
        known=register,
        other_unit=other_unit,
        others=[(u, name) for u, name in who.choosable(None) if u != unit],
        common=_common(register, common_superior(register, unit, other_unit)) if other_unit else None,
    )


def _common(register: Register, found: CommonSuperior | None) -> dict[str, Any]:
    """The common superior in words: 市政府 ← 区政府 ← 教育局."""
    lines = {"government": t("所属政府", "government"), "superior": t("上级主管部门", "superior")}
    ways = found.ways if found else ()
    return {
        "unit": found.unit if found else None,
        "ways": [[(register.name(step.unit), step.unit, lines[step.line]) for step in way] for way in ways],
    }


def _history(who: Visitor, unit: str, rows: dict[Any, Any]) -> list[Step]:
    """Entries and endings, newest first: from which day on, what changed, who entered it."""
    register = who.register
    entries = register.history.get(unit, [])
    opens = who.sees(unit)
    steps: list[tuple[date, Any, Step]] = []
    for before, entry in zip([None, *entries], entries, strict=False):
        steps.append(
            (entry.since, entry.at, _step(who, entry, _changed(before, entry), _from_day(entry.since)))
        )
    for ending in register.endings.get(unit, ()):
        names = t("、", ", ").join(
            register.name(heir.unit) + (t(f"（{heir.scope}）", f" ({heir.scope})") if heir.scope else "")
            for heir in ending.successors
        )
        owed = names or (register.name(ending.decided_by) if ending.decided_by else "")
        more = [
            _from_day(ending.on),
            t(f"由{owed}承接", f"carried on by {owed}") if owed else "",
            ending.basis or "",
        ]
        what = t(ending.kind.zh, ending.kind.en)
        step = _step(who, ending, what, t("，", ", ").join(filter(None, more)), "SC-A1.3")
        steps.append((ending.on, ending.at, step))
    steps.sort(key=lambda each: each[:2], reverse=True)
    return [_with_link(step, rows.get(at) if opens else None) for _, at, step in steps]


def _step(who: Visitor, event: Any, what: str, more: str, clause: str = "SC-1.1") -> Step:
    by = person_words(who.register, event.by, None, local_date(event.at))
    return Step(what=what, who=by, time=event.at, more=more, clause=clause)


def _with_link(step: Step, event_id: Any) -> Step:
    return Step(
        step.what, step.who, step.time, step.more, step.clause, f"/events/{event_id}" if event_id else ""
    )


def _from_day(day: date) -> str:
    return t(f"自{date_words(day)}起", f"from {date_words(day)}")


def _changed(before: UnitRegistered | None, entry: UnitRegistered) -> str:
    if before is None:
        return t("登记单位", "Entered")
    changed = [t(*words) for name, words in FIELDS.items() if getattr(before, name) != getattr(entry, name)]
    words = t("、", ", ").join(changed)
    return t(f"变更登记：{words}", f"Entry changed: {words}") if words else t("重新登记", "Entered again")
