"""单位名录: a workbook of units handed in by the registrar, with what came of each row (SC-1.1)."""

from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from gongkai.console.actions import Action
from gongkai.console.calls import UNAVAILABLE, VISIBLE_WITHIN, ask
from gongkai.console.visitor import Visiting, Visitor
from gongkai.contracts.envelope import Place
from gongkai.identity import sessions
from gongkai.identity.signed_in import ForgedForm, show
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.edge import typed
from gongkai.runtime.rights import acts
from gongkai.runtime.service import Dependencies
from gongkai.tables.unit_template import template
from gongkai.tables.unit_workbook import XLSX, Fault, UnitRow, UnreadableWorkbook, faults_of, read
from gongkai.web import Problem

router = APIRouter(include_in_schema=False)

MOST = 500  # units at a time on this page; the command `gongkai units import` takes more

NO_FILE = Problem(
    "register.no-file", "请选择 .xlsx 文件。", "Choose an .xlsx file.", field="/file", clause="SC-1.1"
)
TOO_MANY = Problem(
    "register.too-many",
    f"一次最多登记{MOST}个单位，更多的请用命令 gongkai units import。",
    f"At most {MOST} units at a time: for more there is the command gongkai units import.",
    field="/file",
    clause="SC-1.1",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one row: `entered`, `unchanged` or `refused`, and why."""

    row: UnitRow
    state: str
    faults: list[Fault]


@router.get("/import/units")
@acts(Action.IMPORT_UNITS)
async def form(request: Request, who: Visiting) -> Response:
    return await _page(request, who)


@router.get("/import/units/template.xlsx")
@acts(Action.IMPORT_UNITS)
async def download(who: Visiting) -> Response:
    who.must(Action.IMPORT_UNITS)
    headers = {"Content-Disposition": 'attachment; filename="units.xlsx"'}
    return Response(template(), media_type=XLSX, headers=headers)


@router.post("/import/units")
@acts(Action.IMPORT_UNITS)
async def hand_in(request: Request, who: Visiting, deps: DependenciesOf) -> Response:
    who.must(Action.IMPORT_UNITS)
    fields = await typed(request, max_files=1)
    try:
        if not sessions.tokens_match(who.csrf, fields.get("csrf")):
            raise ForgedForm
        file = fields.get("file")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else b""
    finally:
        await fields.close()
    if not content:
        return await _page(request, who, problems=[NO_FILE])
    try:
        rows = read(content)
    except UnreadableWorkbook as error:
        wrong = Problem("register.no-sheet", error.says.zh, error.says.en, field="/file", clause="SC-1.1")
        return await _page(request, who, problems=[wrong])
    if len(rows) > MOST:
        return await _page(request, who, problems=[TOO_MANY])
    return await _page(request, who, results=await _enter(deps, who, rows))


async def _enter(deps: Dependencies, who: Visitor, rows: list[UnitRow]) -> list[Result]:
    """One after the other: a unit may be the superior of the next."""
    results, last = [], None
    for row in rows:
        if row.faults:
            results.append(Result(row, "refused", row.faults))
            continue
        response = await ask(deps, who, "intake", "POST", "/units", key=str(uuid4()), json=row.entry)
        if not response.ok:
            results.append(Result(row, "refused", faults_of(row, response.problems)))
            if response.problems[0].code == UNAVAILABLE.code:
                break
            continue
        last = response.body["place"] or last
        results.append(Result(row, "unchanged" if response.body["repeated"] else "entered", []))
    if last:
        await deps.subscription.wait_for(Place.parse(last), VISIBLE_WITHIN)
    return results


async def _page(
    request: Request,
    who: Visitor,
    *,
    problems: list[Problem] | None = None,
    results: list[Result] | None = None,
) -> Response:
    who.must(Action.IMPORT_UNITS)
    counts = {
        state: sum(r.state == state for r in results or []) for state in ("entered", "unchanged", "refused")
    }
    return await show(
        request,
        who,
        "register_import.html",
        at="register",
        status=problems[0].status if problems else 200,
        problems=problems or [],
        results=results,
        counts=counts,
    )
