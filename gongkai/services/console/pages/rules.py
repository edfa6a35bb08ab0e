"""规则书 on the console: what holds in a jurisdiction on a day, each value with its clause and its reading."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.rules.moment import local_date
from gongkai.rules.rulebooks import Rulebook, UnknownRulebook, load, shipped
from gongkai.rules.rulebooks.titles import title
from gongkai.runtime.commands import PartsOf
from gongkai.runtime.rights import Action, acts
from gongkai.runtime.web import t
from gongkai.services.console.visitor import Visiting, show

router = APIRouter(include_in_schema=False)


@router.get("/rules")
@acts(Action.READ_CALENDAR)
async def mine(who: Visiting) -> Response:
    """Those of the visitor's own unit; the national ones for who has none."""
    entries = [who.register.unit(held.unit) for held in who.holdings]
    where = next((entry.jurisdiction for entry in entries if entry), "cn")
    return RedirectResponse(f"/rules/{where}", 303)


@router.get("/rules/{jurisdiction}")
@acts(Action.READ_CALENDAR)
@clause("GT-since")
async def one(request: Request, jurisdiction: str, who: Visiting, parts: PartsOf, on: str = "") -> Response:
    files = shipped().files
    if jurisdiction not in files:
        raise HTTPException(404)
    today = local_date(await parts.clock.now())
    day = _day(on, today)
    try:
        book: Rulebook | None = load(jurisdiction, day)
    except UnknownRulebook:
        book = None
    return await show(
        request,
        who,
        "rules.html",
        at="rules",
        id=jurisdiction,
        on=day,
        book=book,
        rows=_rows(book) if book else [],
        places=[(id_, t(f.content.zh, f.content.en)) for id_, f in files.items()],
        acts=[
            (v.from_, v.act)
            for id_ in dict.fromkeys((jurisdiction, "cn"))
            for v in files[id_].content.versions
        ],
    )


def _day(said: str, today: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return today


def _rows(book: Rulebook) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": t(*title(name)),
            "says": t(value.shown()["zh"], value.shown()["en"]),
            "clause": value.clause,
            "article": value.article or "",
            "reading": t(value.reading.zh, value.reading.en) if value.reading else "",
        }
        for name, value in book.entries()
    ]
