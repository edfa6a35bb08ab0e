"""One service, wired: what every `app.py` calls to put its rooms together."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from opentelemetry.trace import NoOpTracer, Tracer
from starlette.requests import Request

from gongkai.contracts.events import decode
from gongkai.ledger.append import Appender
from gongkai.ledger.cosign import Witness
from gongkai.ledger.decider import Intent, Outcome, carry_out
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.kafka import Delivery
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Verifier as NoteVerifier
from gongkai.ledger.react import Reaction
from gongkai.ledger.read import LogId
from gongkai.ledger.relay import Relay
from gongkai.ledger.seal import Keys
from gongkai.ledger.subscribe import Handler, Subscription
from gongkai.ledger.timers import Deadlines, Timers, refold
from gongkai.runtime import problems, telemetry
from gongkai.runtime.clock import Clock
from gongkai.runtime.edge import Edge
from gongkai.runtime.identity import Verifier
from gongkai.runtime.metrics import Metrics, show
from gongkai.runtime.registry import Replica
from gongkai.runtime.requests import Follows, hand_on
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import REGISTER_LOGS
from gongkai.runtime.watch import Watch, traced

FACES = ("console", "portal")  # what people's browsers talk to: a trace begins here, whatever they send along

_log = structlog.get_logger(__name__)


def wall() -> datetime:
    """Real time: for tokens and sessions, never for law."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Parts:
    """What a request can reach, at `request.app.state.parts`."""

    settings: Settings
    pool: Any
    clock: Clock
    replica: Replica
    verifier: Verifier
    http: httpx.AsyncClient
    wall: Callable[[], datetime] = wall
    keys: Keys | None = None
    log: LogId | None = None
    appender: Appender | None = None
    subscription: Subscription | None = None
    metrics: Metrics = field(default_factory=Metrics)
    tracer: Tracer = field(default_factory=NoOpTracer)

    @property
    def register(self) -> Any:
        return self.replica.register

    async def carry_out(self, intent: Intent[Any], now: datetime) -> Outcome:
        """Carry out one command on this service's own log."""
        if self.log is None or self.appender is None:
            raise RuntimeError(f"{self.settings.service} owns no log")
        with traced(self.tracer, self.log, intent) as mine:
            outcome = await carry_out(self.pool, self.appender, self.log, mine, now)
        return outcome


@dataclass(frozen=True, slots=True)
class Rooms:
    """What is this service's own, made once the parts are there."""

    handlers: Sequence[Handler] = ()
    reactions: Sequence[Reaction] = ()
    deadlines: Deadlines | None = None
    opened: Callable[[], Awaitable[None]] | None = None


def build(
    settings: Settings,
    *,
    title: str,
    own: LogId | None = None,
    follows: Sequence[LogId] = (),
    rooms: Callable[[Parts], Rooms] = lambda _: Rooms(),
    routers: Sequence[APIRouter] = (),
    register_logs: Sequence[LogId] = REGISTER_LOGS,
    large: Sequence[str] = (),
    public: bool = False,
) -> FastAPI:
    """The service as an ASGI application. `register_logs` is empty for a service that may not see the register.

    `large`: paths where a whole text comes in. `public`: whoever asks is anybody, so nothing of the inside is told.
    """
    telemetry.configure(settings.service, settings.log_level)
    spans, metrics = telemetry.provider(settings.service), Metrics()
    tracer = spans.get_tracer("gongkai")
    watch = Watch(tracer, metrics)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            pool = await _pool(settings.dsn.get_secret_value(), settings.service)
            stack.push_async_callback(_close, pool)
            stack.push_async_callback(asyncio.to_thread, spans.shutdown)
            http = await stack.enter_async_context(
                httpx.AsyncClient(timeout=10, event_hooks={"request": [hand_on]})
            )
            parts = Parts(
                settings,
                pool,
                Clock(pool),
                Replica(pool, register_logs),
                Verifier.load(settings.token_keys),
                http,
                metrics=metrics,
                tracer=tracer,
            )
            await parts.replica.sync()
            if settings.keys_dsn is not None:
                keys = await _pool(settings.keys_dsn.get_secret_value(), settings.service)
                stack.push_async_callback(_close, keys)
                parts.keys = Keys(keys)
            app.state.parts = parts
            jobs: list[asyncio.Task[None]] = []
            stack.push_async_callback(_cancel, jobs)
            dsn = settings.dsn.get_secret_value()
            if own is not None:
                parts.log = own
                parts.appender = Appender(pool, own, settings.partitions, observer=watch)
                stack.push_async_callback(parts.appender.close)
                relay = Relay(
                    dsn,
                    pool,
                    own,
                    settings.kafka,
                    settings.partitions,
                    settings.replication,
                    prefix=settings.kafka_prefix,
                    observer=watch,
                )
                jobs.append(asyncio.create_task(relay.run()))
                jobs += _proving(settings, pool, own)
            made = rooms(parts)
            if follows:
                subscription = Subscription(
                    name=settings.service,
                    pool=pool,
                    logs=follows,
                    partitions=settings.partitions,
                    now=parts.clock.now,
                    handlers=[*made.handlers, *filter(None, [made.deadlines])],
                    reactions=made.reactions,
                    own=own,
                    understand=decode,
                    observer=watch,
                )
                parts.subscription = subscription
                await subscription.open()
                jobs.append(asyncio.create_task(subscription.watch()))
                jobs.append(
                    asyncio.create_task(
                        Delivery(
                            settings.kafka, subscription, settings.kafka_prefix, settings.kafka_session
                        ).run()
                    )
                )
            if made.deadlines is not None:
                mine = [log for log in follows if own is not None and log.schema == own.schema]
                await refold(pool, settings.service, mine, settings.partitions, made.deadlines)
                timers = Timers(dsn, pool, parts.clock.now, made.deadlines.issue)
                jobs.append(asyncio.create_task(timers.run()))
            if made.opened is not None:
                await made.opened()
            _log.info("ready", port=settings.port)
            yield

    described: dict[str, Any] = dict.fromkeys(("openapi_url", "docs_url", "redoc_url")) if public else {}
    app = FastAPI(title=title, version="0.1.0", lifespan=lifespan, **described)
    problems.install(app)
    app.add_middleware(Edge, large=large)
    app.add_middleware(Follows, tracer=tracer, metrics=metrics, joins=settings.service not in FACES)
    _lay_out(app, routers, public)
    return app


def _lay_out(app: FastAPI, routers: Sequence[APIRouter], public: bool) -> None:
    for router in routers:
        app.include_router(router)
    app.add_api_route("/health", _alive if public else _health, methods=["GET"], tags=["operations"])
    app.add_api_route("/metrics", show, methods=["GET"], tags=["operations"])


async def _health(request: Request) -> JSONResponse:
    """Ready to work: the database answers. Stopped partitions and halted relays are named; it is ready all the same."""
    parts: Parts = request.app.state.parts
    await parts.pool.fetchval("SELECT 1")
    stopped = await parts.pool.fetch(
        "SELECT log, partition, stopped FROM ledger.checkpoint WHERE subscription = $1 AND stopped IS NOT NULL",
        parts.settings.service,
    )
    halted = (
        await parts.pool.fetch(
            f"SELECT log, halted FROM {parts.log.schema}.log_relay WHERE halted IS NOT NULL"
        )
        if parts.log
        else []
    )
    return JSONResponse(
        _who(parts) | {"stopped": [dict(s) for s in stopped], "halted": [dict(h) for h in halted]}
    )


async def _alive(request: Request) -> JSONResponse:
    """As `_health`, for anybody's eyes: no places, no errors of a database."""
    parts: Parts = request.app.state.parts
    try:
        await parts.pool.fetchval("SELECT 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return JSONResponse(_who(parts) | {"status": "away"}, 503)
    return JSONResponse(_who(parts))


def _who(parts: Parts) -> dict[str, Any]:
    """Which process answers: whoever started it knows that it isn't a stranger on the same port."""
    return {"status": "ok", "service": parts.settings.service, "pid": os.getpid()}


def _proving(settings: Settings, pool: Any, log: LogId) -> list["asyncio.Task[None]"]:
    """The log's integrator, where the service was given keys to sign with."""
    if settings.log_keys is None:
        return []
    witness = None
    if settings.witness_url is not None and settings.witness_vkey is not None:
        witness = Witness(settings.witness_url, NoteVerifier.parse(settings.witness_vkey))
    keys = KeyFile(settings.log_keys / f"{log.name}.key")
    return [asyncio.create_task(Integrator(settings.dsn.get_secret_value(), pool, log, keys, witness).run())]


async def _pool(dsn: str, service: str) -> Any:
    """Connected; waits for a database that is still starting."""
    while True:
        try:
            return await asyncpg.create_pool(
                dsn,
                min_size=2,
                reset=_as_it_was,
                max_size=10,
                command_timeout=60,
                server_settings={"application_name": f"gongkai.{service}"},
            )
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
            _log.info("waiting for the database", error=repr(error))
            await asyncio.sleep(0.3)


async def _as_it_was(_: object) -> None:
    """No session state is ever set on a pooled connection, so there is none to reset: a round trip less."""


async def _close(pool: Any) -> None:
    try:
        await asyncio.wait_for(pool.close(), 5)
    except TimeoutError:
        pool.terminate()


async def _cancel(jobs: list["asyncio.Task[None]"]) -> None:
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
