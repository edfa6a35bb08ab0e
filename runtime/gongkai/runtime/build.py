"""One service, wired: what every `app.py` calls to put its components together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Any, TypeVar

import httpx
import structlog
from fastapi import APIRouter, FastAPI

from gongkai.contracts.version import VERSION
from gongkai.ledger import acts_since
from gongkai.ledger.cancellation import cancel_and_wait
from gongkai.ledger.catch_up import CatchUp
from gongkai.ledger.cosigning.client import WitnessEndpoint
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.kafka_consumer import KafkaConsumer
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.note import Verifier as NoteVerifier
from gongkai.ledger.projection_version import VersionCheck, wait_until_current
from gongkai.ledger.refold import Refolding
from gongkai.ledger.relay import Relay
from gongkai.ledger.timers import Deadlines, Timers
from gongkai.runtime import health, openapi, problems, telemetry
from gongkai.runtime.declaration import Service
from gongkai.runtime.edge import InputLimits
from gongkai.runtime.metrics import Metrics
from gongkai.runtime.pool import pool_of
from gongkai.runtime.registry import Notices
from gongkai.runtime.requests import RequestTracing, inject_traceparent
from gongkai.runtime.rights import Rules
from gongkai.runtime.service import Components, DecidingDependencies, Dependencies, Start
from gongkai.runtime.settings import Settings
from gongkai.runtime.watch import Watch

_log = structlog.get_logger(__name__)

D = TypeVar("D", bound=Dependencies)


def no_components(_: Dependencies) -> Components:
    return Components()


def build(
    service: Service,
    settings: Settings,
    dependencies: Callable[[Start], Awaitable[D]],
    *,
    components: Callable[[D], Components] = no_components,
    routers: Sequence[APIRouter] = (),
    large: Sequence[str] = (),
    own_bodies: Sequence[str] = (),
    offered: Callable[[], Rules] = dict,
) -> FastAPI:
    """The declared service as an ASGI application.

    `dependencies`: opens them: `DecidingDependencies.open` for a service that decides, `Dependencies.open` for one that
    reads only. `large`: paths where a whole text comes in. `own_bodies`: those that check theirs themselves. `offered`:
    the rules of other services, for one whose pages offer what those decide.
    """
    spans, metrics = telemetry.provider(settings.service), Metrics()
    tracer = spans.get_tracer("gongkai")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        telemetry.configure(settings.service, settings.log_level)
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(pool_of(settings.dsn, settings.service))
            stack.push_async_callback(asyncio.to_thread, spans.shutdown)
            http = await stack.enter_async_context(_http_client())
            watch = Watch(tracer, metrics)
            start = Start(service, settings, stack, pool, http, offered(), metrics, tracer, watch)
            deps = app.state.deps = await dependencies(start)
            if isinstance(deps, DecidingDependencies) != service.owns_log:
                raise TypeError(
                    f"{service.name}: a service has DecidingDependencies if it owns a log, and only then"
                )
            jobs = _Jobs()
            stack.push_async_callback(jobs.cancel)
            if isinstance(deps, DecidingDependencies):
                jobs.start(_relay(deps, watch).run(), *_integrator(deps))
            made = components(deps)
            if made.deadlines is not None and service.log is not None:
                await acts_since.record(pool, made.deadlines.kinds, [service.log])
            await _follow(deps, made, jobs)
            if isinstance(deps, DecidingDependencies):
                jobs.start(_catch_up(deps, made).run())
                if made.deadlines is not None:
                    jobs.start(_timers(deps, made.deadlines).run())
            await made.opened()
            jobs.start(*(job() for job in made.jobs))
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
    for router in routers:
        app.include_router(router)
    health.add_health_routes(app, service.public)
    return app


class _Jobs:
    """What runs until the service ends."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, *jobs: Coroutine[Any, Any, None]) -> None:
        self._tasks += map(asyncio.create_task, jobs)

    async def cancel(self) -> None:
        await cancel_and_wait(*self._tasks)


_trusted = cache(httpx.create_ssl_context)  # certificates of all the world: read once


def _http_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=10, verify=_trusted(), event_hooks={"request": [inject_traceparent]})


def _relay(deps: DecidingDependencies, watch: Watch) -> Relay:
    """Sends the service's log to Kafka."""
    settings = deps.settings
    return Relay(
        settings.dsn.get_secret_value(),
        deps.pool,
        deps.log,
        settings.brokers,
        settings.partitions,
        settings.replication,
        prefix=settings.kafka_prefix,
        observer=watch,
    )


def _integrator(deps: DecidingDependencies) -> Iterator[Coroutine[Any, Any, None]]:
    """Signs the service's log, where it was given keys to sign with."""
    settings = deps.settings
    if settings.log_keys is None:
        return
    witness = None
    if settings.witness_url is not None and settings.witness_vkey is not None:
        witness = WitnessEndpoint(settings.witness_url, NoteVerifier.parse(settings.witness_vkey))
    keys = KeyFile(settings.log_keys / f"{deps.log.name}.key")
    yield Integrator(settings.dsn.get_secret_value(), deps.pool, deps.log, keys, witness).run()


async def _follow(deps: Dependencies, made: Components, jobs: _Jobs) -> None:
    """Catches up with the logs that the service follows, then listens to Kafka. Before that its projections must be folded
    by this program, and it is recorded since when its reactions act."""
    subscription, settings = deps.subscription, deps.settings
    if not subscription.logs:
        return
    await wait_until_current(deps.pool, settings.service, subscription.name, made.projections)
    subscription.handlers = [
        Notices(deps.replica),
        VersionCheck(made.projections),
        *made.projections,
        *made.handlers,
        *filter(None, [made.deadlines]),
    ]
    subscription.reactions = await acts_since.live(deps.pool, made.reactions, subscription.logs)
    await subscription.open()
    consumer = KafkaConsumer(settings.brokers, subscription, settings.kafka_prefix, settings.kafka_session)
    jobs.start(subscription.watch(), consumer.run())


def _timers(deps: DecidingDependencies, deadlines: Deadlines) -> Timers:
    """Folds the timers again where their basis has changed, then issues what falls due."""
    settings, now = deps.settings, deps.clock.now
    own = [log for log in deps.subscription.logs if log.schema == deps.log.schema]
    again = Refolding(deps.pool, settings.service, own, settings.partitions, deadlines)
    return Timers(settings.dsn.get_secret_value(), deps.pool, now, deadlines.issue, again)


def _catch_up(deps: DecidingDependencies, made: Components) -> CatchUp:
    """Applies to history what came later, once somebody asks."""
    return CatchUp(
        pool=deps.pool,
        subscription=deps.subscription.name,
        logs=deps.subscription.logs,
        own=deps.log,
        partitions=deps.settings.partitions,
        now=deps.clock.now,
        reactions={reaction.name: reaction for reaction in made.reactions},
        deadlines=made.deadlines,
    )
