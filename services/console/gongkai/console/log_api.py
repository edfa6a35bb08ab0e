"""The logs as anybody's client reads them (C2SP tlog-tiles): checkpoints and hash tiles are public, entries aren't.

Drafts and opinions are in the entries, so reading them takes the auditor's right (GT-supervise).
"""

import gzip
from asyncio import to_thread
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gongkai.console.actions import Action
from gongkai.console.service import LOGS
from gongkai.contracts.clauses import clause
from gongkai.contracts.errors import BadInput, Sentence
from gongkai.identity import sessions
from gongkai.ledger import served
from gongkai.ledger.checkpoint import Checkpoint
from gongkai.ledger.read import LogId
from gongkai.ledger.tiles import TileName
from gongkai.runtime.commands import DependenciesOf
from gongkai.runtime.identity import Principal, principal
from gongkai.runtime.openapi import SIGNED_IN, answers
from gongkai.runtime.rights import acts, require
from gongkai.runtime.service import Dependencies

router = APIRouter(prefix="/log", tags=["ledger"])

FOREVER = "max-age=31536000, immutable"  # what stands in a tree never changes

BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class Log(BaseModel):
    """One log. Whoever wants to trust it has its key from somewhere else; `vkeys` also lists earlier ones."""

    name: str
    size: int
    vkey: str | None
    vkeys: list[str]


class Logs(BaseModel):
    logs: list[Log]


@router.get("", summary="日志清单 · The logs")
@acts(Action.READ_TREE)
async def logs(deps: DependenciesOf, response: Response) -> Logs:
    """All logs, with the size of their newest checkpoint and the key that signs it."""
    response.headers["Cache-Control"] = "max-age=1"
    return Logs(logs=[await _log(deps.pool, log) for log in LOGS.values()])


async def _log(pool: Any, log: LogId) -> Log:
    note = await served.checkpoint(pool, log)
    keys = await served.keys(pool, log)
    size = 0 if note is None else Checkpoint.parse(note.text).size
    return Log(name=log.name, size=size, vkey=keys[0] if keys else None, vkeys=keys)


@router.get("/{name}/checkpoint", summary="检查点 · The newest checkpoint", response_class=PlainTextResponse)
@acts(Action.READ_TREE)
async def checkpoint(name: str, deps: DependenciesOf) -> Response:
    """The newest checkpoint, cosigned where a witness answered in time."""
    note = await served.checkpoint(deps.pool, _named(name))
    if note is None:
        raise _missing()
    return PlainTextResponse(str(note), headers={"Cache-Control": "max-age=1"})


@router.get(
    "/{name}/tile/entries/{path:path}",
    summary="日志条目 · Entries, for auditors",
    response_class=Response,
    responses=BYTES | answers(401, 403),
    openapi_extra=SIGNED_IN,
)
@acts(Action.READ_ENTRIES)
async def entries(
    name: str,
    path: str,
    request: Request,
    deps: DependenciesOf,
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """256 records, or as many as a partial bundle's name says; for auditors."""
    await _require_auditor(request, deps)
    log, tile = _named(name), _tile(f"entries/{path}")
    found = await served.entries(deps.pool, log, tile)
    if found is None:
        raise _missing()
    headers = {"Cache-Control": f"private, {FOREVER}", "Vary": "Accept-Encoding, Authorization, Cookie"}
    if "gzip" in accept_encoding:
        found = await to_thread(gzip.compress, found, 1)
        headers["Content-Encoding"] = "gzip"
    return Response(found, headers=headers, media_type="application/octet-stream")


@router.get(
    "/{name}/tile/{path:path}", summary="哈希瓦片 · A hash tile", response_class=Response, responses=BYTES
)
@acts(Action.READ_TREE)
async def hashes(name: str, path: str, deps: DependenciesOf) -> Response:
    """A hash tile, whole or partial."""
    found = await served.tile(deps.pool, _named(name), _tile(path))
    if found is None:
        raise _missing()
    headers = {"Cache-Control": f"public, {FOREVER}"}
    return Response(found, headers=headers, media_type="application/octet-stream")


@clause("GT-supervise")
async def _require_auditor(request: Request, deps: Dependencies) -> None:
    """Refuse all but auditors, by token or by the console's own session."""
    session = None
    if "authorization" not in request.headers:
        session = await sessions.find(deps.pool, request, deps.wall())
    if session is not None:
        who = Principal(session.person, "console", session.registrar, session.security)
    else:
        who = await principal(request)
    await require(deps, who, Action.READ_ENTRIES)


def _named(name: str) -> LogId:
    if name not in LOGS:
        raise _missing()
    return LOGS[name]


def _tile(path: str) -> TileName:
    try:
        return TileName.parse(path)
    except ValueError:
        raise _missing() from None


def _missing() -> BadInput:
    says = Sentence("日志中没有这一部分。", "The log has no such part.")
    return BadInput("log.missing", says, status=404)
