"""How a service is: what whoever started it, and whoever watches it, asks it."""

import os
from typing import Any, Literal

import asyncpg
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel
from starlette.requests import Request

from gongkai.ledger.read import DISCONNECTED
from gongkai.runtime.rights import OBSERVE, acts
from gongkai.runtime.scrape import show, show_protected
from gongkai.runtime.service import DecidingDependencies, Dependencies


class Stopped(BaseModel):
    log: str
    partition: int
    stopped: str


class Halt(BaseModel):
    log: str
    halted: str


class Health(BaseModel):
    """Which process answers, and what of it stands still."""

    status: Literal["ok"]
    service: str
    pid: int
    stopped: list[Stopped]
    halted: list[Halt]


def add_health_routes(app: FastAPI, public: bool) -> None:
    """`/health` and `/metrics`; where anybody asks, nothing of the inside is told."""
    app.add_api_route(
        "/health",
        _alive if public else _health,
        name="health",
        summary="运行状况 · Is it ready to work?",
        tags=["operations"],
        responses={200: {"model": Health}},
    )
    app.add_api_route(
        "/metrics",
        show_protected if public else show,
        name="metrics",
        summary="监控指标 · Numbers for Prometheus",
        tags=["operations"],
        response_class=PlainTextResponse,
    )


@acts(OBSERVE)
async def _health(request: Request) -> JSONResponse:
    """Ready to work: the database answers. Stopped partitions and halted relays are named; it is ready all the same."""
    deps: Dependencies = request.app.state.deps
    await deps.pool.fetchval("SELECT 1")
    stopped = await deps.pool.fetch(
        "SELECT log, partition, stopped FROM ledger.checkpoint WHERE subscription = $1 AND stopped IS NOT NULL",
        deps.settings.service,
    )
    halted = (
        await deps.pool.fetch(f"SELECT log, halted FROM {deps.log.schema}.log_relay WHERE halted IS NOT NULL")
        if isinstance(deps, DecidingDependencies)
        else []
    )
    return JSONResponse(
        _who(deps) | {"stopped": [dict(s) for s in stopped], "halted": [dict(h) for h in halted]}
    )


@acts(OBSERVE)
async def _alive(request: Request) -> JSONResponse:
    """As `_health`, for the public: no places, no errors of a database."""
    deps: Dependencies = request.app.state.deps
    try:
        await deps.pool.fetchval("SELECT 1")
    except (*DISCONNECTED, asyncpg.PostgresError):
        return JSONResponse(_who(deps) | {"status": "away"}, 503)
    return JSONResponse(_who(deps))


def _who(deps: Dependencies) -> dict[str, Any]:
    """Which process answers: whoever started it knows that it isn't a stranger on the same port."""
    return {"status": "ok", "service": deps.settings.service, "pid": os.getpid()}
