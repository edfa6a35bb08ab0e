"""The public log server: C2SP tlog-tiles over HTTP, as a FastAPI router for whoever runs the logs.

Checkpoints and hash tiles are public. Entries may hold confidential texts, so that the caller of `log_router` decides
who reads them. Needs the extra `gongkai-ledger[server]`.
"""

import gzip
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.ledger import tlog_queries
from gongkai.ledger.read import LogId, Pool
from gongkai.ledger.tiles import TileName
from gongkai.ledger.tlog_checkpoint import Checkpoint

FOREVER: Final = "max-age=31536000, immutable"  # a tile or entry bundle never changes
OCTETS: Final = "application/octet-stream"
OCTETS_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}
}


def _unmarked(endpoint: Any) -> Any:
    return endpoint


class Log(BaseModel):
    """One log. Whoever wants to trust it has its key from somewhere else; `vkeys` also lists earlier ones."""

    name: str
    size: int
    vkey: str | None
    vkeys: list[str]


class Logs(BaseModel):
    logs: list[Log]


@dataclass(frozen=True, slots=True)
class EntriesAccess:
    """Who may read entries, and what OpenAPI says about it.

    `authorise` raises for a caller without the right; the exception's HTTP status is the application's concern.
    `responses` and `openapi_extra` are FastAPI's: the refusals, and the security scheme.
    """

    authorise: Callable[[Request], Awaitable[None]]
    responses: Mapping[int | str, dict[str, Any]] = field(default_factory=dict)
    openapi_extra: dict[str, Any] | None = None


def log_router(
    logs: Mapping[str, LogId],
    pool_of: Callable[[Request], Any],
    entries_access: EntriesAccess,
    *,
    mark_public: Callable[[Any], Any] = _unmarked,
    mark_entries: Callable[[Any], Any] = _unmarked,
) -> APIRouter:
    """Routes under `/log` for these logs, by name.

    `pool_of`: the asyncpg pool to answer a request from, whose role may read the tables of all `logs`. The two marks are
    decorators for the public endpoints and for the one that returns entries, with which an application notes the
    rights that each needs. An unknown log, tile or bundle raises BadInput with status 404.
    """
    router = APIRouter(prefix="/log", tags=["ledger"])

    def log_named(name: str) -> LogId:
        if name not in logs:
            raise _not_found()
        return logs[name]

    @router.get("", summary="日志清单 · The logs", response_model=Logs, name="logs")
    @mark_public
    async def list_logs(request: Request, response: Response) -> Logs:
        """All logs, with the size of their newest checkpoint and the key that signs it."""
        response.headers["Cache-Control"] = "max-age=1"
        pool = pool_of(request)
        return Logs(logs=[await _describe(pool, log) for log in logs.values()])

    @router.get(
        "/{name}/checkpoint", summary="检查点 · The newest checkpoint", response_class=PlainTextResponse
    )
    @mark_public
    async def checkpoint(name: str, request: Request) -> Response:
        """The newest checkpoint, cosigned where a witness answered in time."""
        note = await tlog_queries.checkpoint(pool_of(request), log_named(name))
        if note is None:
            raise _not_found()
        return PlainTextResponse(str(note), headers={"Cache-Control": "max-age=1"})

    @router.get(
        "/{name}/tile/entries/{path:path}",
        summary="日志条目 · Entries, for auditors",
        response_class=Response,
        responses=OCTETS_RESPONSE | dict(entries_access.responses),
        openapi_extra=entries_access.openapi_extra,
    )
    @mark_entries
    async def entries(
        name: str, path: str, request: Request, accept_encoding: Annotated[str, Header()] = ""
    ) -> Response:
        """256 records, or as many as a partial bundle's name says; for auditors."""
        await entries_access.authorise(request)
        log, bundle = log_named(name), _tile_named(f"entries/{path}")
        found = await tlog_queries.entries(pool_of(request), log, bundle)
        if found is None:
            raise _not_found()
        headers = {"Cache-Control": f"private, {FOREVER}", "Vary": "Accept-Encoding, Authorization, Cookie"}
        if "gzip" in accept_encoding:
            found = await to_thread(gzip.compress, found, 1)
            headers["Content-Encoding"] = "gzip"
        return Response(found, headers=headers, media_type=OCTETS)

    @router.get(
        "/{name}/tile/{path:path}",
        summary="哈希瓦片 · A hash tile",
        response_class=Response,
        responses=OCTETS_RESPONSE,
    )
    @mark_public
    async def hashes(name: str, path: str, request: Request) -> Response:
        """A hash tile, whole or partial."""
        found = await tlog_queries.tile(pool_of(request), log_named(name), _tile_named(path))
        if found is None:
            raise _not_found()
        return Response(found, headers={"Cache-Control": f"public, {FOREVER}"}, media_type=OCTETS)

    return router


async def _describe(pool: Pool, log: LogId) -> Log:
    note = await tlog_queries.checkpoint(pool, log)
    keys = await tlog_queries.keys(pool, log)
    size = 0 if note is None else Checkpoint.parse(note.text).size
    return Log(name=log.name, size=size, vkey=keys[0] if keys else None, vkeys=keys)


def _tile_named(path: str) -> TileName:
    try:
        return TileName.parse(path)
    except ValueError:
        raise _not_found() from None


def _not_found() -> BadInput:
    says = Sentence("日志中没有这一部分。", "The log has no such part.")
    return BadInput("log.missing", says, status=404)
