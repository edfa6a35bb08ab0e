"""One service, wired: what every `app.py` calls to put its components together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
import structlog
from fastapi import APIRouter, FastAPI
from opentelemetry.trace import NoOpTracer, Tracer
from pydantic import SecretStr

from gongkai.contracts.events import require_known
from gongkai.contracts.version import VERSION
from gongkai.ledger.append import Appender
from gongkai.ledger.cancellation import cancel_and_wait
from gongkai.ledger.cosigning.client import WitnessEndpoint
from gongkai.ledger.decider import Intent, Outcome, carry_out
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.kafka_consumer import KafkaConsumer
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Verifier as NoteVerifier
from gongkai.ledger.react import Reaction
from gongkai.ledger.read import LogId
from gongkai.ledger.relay import Relay
from gongkai.ledger.seal import Keys
from gongkai.ledger.subscribe import Handler, Subscription
from gongkai.ledger.timers import Deadlines, Refolding, Timers
from gongkai.rules.calendar import official
from gongkai.runtime import health, openapi, problems, telemetry
from gongkai.runtime.clock import Clock
from gongkai.runtime.declaration import Service
from gongkai.runtime.edge import InputLimits
from gongkai.runtime.identity import Verifier
from gongkai.runtime.metrics import Metrics
from gongkai.runtime.pool import closed, connected
from gongkai.runtime.registry import Notices, Replica
from gongkai.runtime.requests import RequestTracing, inject_traceparent
from gongkai.runtime.rights import COMMON, Rules
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import logs_of
from gongkai.runtime.watch import Watch, traced

_log = structlog.get_logger(__name__)


_trusted = cache(httpx.create_ssl_context)  # certificates of all the world: read once


def wall() -> datetime:
    """Real time: for tokens and sessions, never for law."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Dependencies:
    """What a request can reach, at `request.app.state.deps`."""

    settings: Settings
    pool: Any
    clock: Clock
    replica: Replica
    verifier: Verifier
    http: httpx.AsyncClient
    rules: Rules
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


async def _nothing() -> None:
    """What most services do once they are wired."""


@dataclass(frozen=True, slots=True)
class Components:
    """What is this service's own, made once its dependencies are there."""

    handlers: Sequence[Handler] = ()
    reactions: Sequence[Reaction] = ()
    deadlines: Deadlines | None = None
    opened: Callable[[], Awaitable[None]] = _nothing
    jobs: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()  # each runs until it is cancelled


def build(
    service: Service,
    settings: Settings,
    *,
    components: Callable[[Dependencies], Components] = lambda _: Components(),
    routers: Sequence[APIRouter] = (),
    large: Sequence[str] = (),
    own_bodies: Sequence[str] = (),
    offered: Callable[[], Rules] = dict,
) -> FastAPI:
    """The declared service as an ASGI application.

    `large`: paths where a whole text comes in. `own_bodies`: those that check theirs themselves. `offered`:
    the rules of other services, for one whose pages offer what those decide.
    """
    own, follows = service.log, logs_of(*service.follows)
    spans, metrics = telemetry.provider(settings.service), Metrics()
    tracer = spans.get_tracer("gongkai")
    watch = Watch(tracer, metrics)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        telemetry.configure(settings.service, settings.log_level)
        async with AsyncExitStack() as stack:
            pool = await _open_pool(stack, settings.dsn, settings.service)
            stack.push_async_callback(asyncio.to_thread, spans.shutdown)
            http = await stack.enter_async_context(
                httpx.AsyncClient(
                    timeout=10, verify=_trusted(), event_hooks={"request": [inject_traceparent]}
                )
            )
            deps = Dependencies(
                settings,
                pool,
                Clock(pool),
                Replica(pool, logs_of(*service.register), calendar=official()),
                Verifier.load(settings.token_keys),
                http,
                {**offered(), **COMMON, **service.all_rules},
                metrics=metrics,
                tracer=tracer,
            )
            await deps.replica.sync()
            if settings.keys_dsn is not None:
                deps.keys = Keys(await _open_pool(stack, settings.keys_dsn, settings.service))
            app.state.deps = deps
            jobs: list[asyncio.Task[None]] = []
            stack.push_async_callback(_cancel, jobs)
            dsn = settings.dsn.get_secret_value()
            if own is not None:
                deps.log = own
                deps.appender = Appender(pool, own, settings.partitions, observer=watch)
                stack.push_async_callback(deps.appender.close)
                relay = Relay(
                    dsn,
                    pool,
                    own,
                    settings.brokers,
                    settings.partitions,
                    settings.replication,
                    prefix=settings.kafka_prefix,
                    observer=watch,
                )
                jobs.append(asyncio.create_task(relay.run()))
                jobs += _start_integrator(settings, pool, own)
            made = components(deps)
            if follows:
                subscription = Subscription(
                    name=settings.service,
                    pool=pool,
                    logs=follows,
                    partitions=settings.partitions,
                    now=deps.clock.now,
                    handlers=[Notices(deps.replica), *made.handlers, *filter(None, [made.deadlines])],
                    reactions=made.reactions,
                    own=own,
                    check_type=require_known,
                    observer=watch,
                )
                deps.subscription = subscription
                await subscription.open()
                jobs.append(asyncio.create_task(subscription.watch()))
                jobs.append(
                    asyncio.create_task(
                        KafkaConsumer(
                            settings.brokers, subscription, settings.kafka_prefix, settings.kafka_session
                        ).run()
                    )
                )
            if made.deadlines is not None:
                mine = [log for log in follows if own is not None and log.schema == own.schema]
                again = Refolding(pool, settings.service, mine, settings.partitions, made.deadlines)
                await again()
                timers = Timers(dsn, pool, deps.clock.now, made.deadlines.issue, again)
                jobs.append(asyncio.create_task(timers.run()))
            await made.opened()
            jobs += [asyncio.create_task(job()) for job in made.jobs]
            _log.info("ready", port=settings.port)
            yield

    app = FastAPI(
        title=f"Gongkai {service.zh} {service.name}",
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None if service.public else "/openapi.json",
        docs_url=None,  # its viewer is a third party's script
        redoc_url=None,
        generate_unique_id_function=openapi.operation_id,
    )
    openapi.describe(app)
    problems.install(app)
    app.add_middleware(InputLimits, large=large, own_bodies=own_bodies)
    app.add_middleware(RequestTracing, tracer=tracer, metrics=metrics, joins=not service.browsers)
    _include_routes(app, routers, service.public)
    return app


async def _open_pool(stack: AsyncExitStack, dsn: SecretStr, service: str) -> Any:
    """Connected until the stack is left."""
    pool = await connected(dsn.get_secret_value(), service)
    stack.push_async_callback(closed, pool)
    return pool


def _include_routes(app: FastAPI, routers: Sequence[APIRouter], public: bool) -> None:
    for router in routers:
        app.include_router(router)
    health.add_health_routes(app, public)


def _start_integrator(settings: Settings, pool: Any, log: LogId) -> list["asyncio.Task[None]"]:
    """The log's integrator, where the service was given keys to sign with."""
    if settings.log_keys is None:
        return []
    witness = None
    if settings.witness_url is not None and settings.witness_vkey is not None:
        witness = WitnessEndpoint(settings.witness_url, NoteVerifier.parse(settings.witness_vkey))
    keys = KeyFile(settings.log_keys / f"{log.name}.key")
    return [asyncio.create_task(Integrator(settings.dsn.get_secret_value(), pool, log, keys, witness).run())]


async def _cancel(jobs: list["asyncio.Task[None]"]) -> None:
    await cancel_and_wait(*jobs)
