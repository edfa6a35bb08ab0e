"""接口与事件: what an agency's system builds against, for anybody to read: no sign-in, nothing of any case in it."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from gongkai.console.contracts import files as published
from gongkai.console.events.pages import LOG_NAMES
from gongkai.identity.visitor import SignInNeeded, Visitor, visitor
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.rights import OBSERVE, acts
from gongkai.runtime.service import Dependencies

router = APIRouter(include_in_schema=False)

FILES = {str(file.relative_to(published.ROOT)): file for file in published.ROOT.rglob("*.json")}
APIS = sorted(name for name in FILES if name.startswith("openapi/"))
API_NAMES = {"console": ("控制台", "console")} | LOG_NAMES


@router.get("/contracts")
@acts(OBSERVE)
async def overview(request: Request, deps: DependenciesOf) -> Response:
    return await _show(
        request,
        deps,
        "contracts.html",
        logs=published.by_log(),
        versions=published.versions,
        names=LOG_NAMES,
        apis=[(name, API_NAMES[name.removeprefix("openapi/").removesuffix(".json")]) for name in APIS],
        envelope=published.envelope(),
    )


@router.get("/contracts/events/{name}")
@acts(OBSERVE)
async def one(request: Request, name: str, deps: DependenciesOf) -> Response:
    contract = published.contracts().get(name)
    if contract is None:
        raise HTTPException(404)
    return await _show(
        request,
        deps,
        "contract.html",
        contract=contract,
        log=LOG_NAMES[contract.log],
        versions=published.versions(contract.event),
    )


@router.get("/contracts/{path:path}")
@acts(OBSERVE)
async def file(path: str) -> Response:
    """A file as it is shipped: only those that were there at the start, so no address leads out of their folder."""
    if path not in FILES:
        raise HTTPException(404)
    return FileResponse(FILES[path], media_type="application/json")


async def _show(request: Request, deps: Dependencies, template: str, **context: Any) -> Response:
    answer: Response = await request.app.state.pages.page(
        request, template, who=await _who(request, deps), at="contracts", **context
    )
    return answer


async def _who(request: Request, deps: Dependencies) -> Visitor | None:
    """Whoever is signed in keeps the menu."""
    try:
        return await visitor(request, deps)
    except SignInNeeded:
        return None
