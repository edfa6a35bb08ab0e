"""What a service is given when it starts, and what it gives: its dependencies, and its own components.

`Dependencies` are those of a service that only reads, `DecidingDependencies` those of one that has a log of its own. A
service that needs more derives a class from one of them, and hands `open` the further fields.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import httpx
from opentelemetry.trace import Tracer
from pydantic import SecretStr

from gongkai.contracts.events import require_known
from gongkai.contracts.register import Register
from gongkai.ledger.acts_since import DeclaredReaction
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import Intent, Outcome, carry_out
from gongkai.ledger.projections import Projection
from gongkai.ledger.read import LogId, Pool
from gongkai.ledger.subscribe import Handler, Subscription
from gongkai.ledger.timers import Deadlines
from gongkai.rules.calendar import official
from gongkai.runtime.clock import Clock
from gongkai.runtime.declaration import Service
from gongkai.runtime.identity import Verifier
from gongkai.runtime.metrics import Metrics
from gongkai.runtime.pool import pool_of
from gongkai.runtime.registry import Replica
from gongkai.runtime.rights import COMMON, Rules
from gongkai.runtime.settings import Settings
from gongkai.runtime.topology import log_for, logs_of
from gongkai.runtime.watch import Watch, traced


def wall() -> datetime:
    """Real time: for tokens and sessions, never for law."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Start:
    """A service that starts: what its dependencies are opened from. `stack` closes them when it ends."""

    service: Service
    settings: Settings
    stack: AsyncExitStack
    pool: Pool
    http: httpx.AsyncClient
    offered: Rules  # of other services, whose commands its pages offer
    metrics: Metrics
    tracer: Tracer
    watch: Watch

    async def connected(self, dsn: SecretStr) -> Pool:
        """Connections to a further database, until the service ends."""
        return await self.stack.enter_async_context(pool_of(dsn, self.settings.service))


@dataclass(kw_only=True)
class Dependencies:
    """What a request can reach, at `request.app.state.deps`."""

    settings: Settings
    pool: Pool
    clock: Clock
    replica: Replica
    verifier: Verifier
    http: httpx.AsyncClient
    rules: Rules
    subscription: Subscription
    metrics: Metrics
    tracer: Tracer
    wall: Callable[[], datetime] = wall

    @property
    def register(self) -> Register:
        return self.replica.register

    @classmethod
    async def open(cls, start: Start, **own: Any) -> Self:
        """`own`: the further fields of a derived class."""
        service, settings, pool = start.service, start.settings, start.pool
        clock = Clock(pool)
        replica = Replica(pool, logs_of(*service.register), calendar=official())
        await replica.sync()
        return cls(
            settings=settings,
            pool=pool,
            clock=clock,
            replica=replica,
            verifier=Verifier.load(settings.token_keys),
            http=start.http,
            rules={**start.offered, **COMMON, **service.all_rules},
            subscription=Subscription(
                name=settings.service,
                pool=pool,
                logs=logs_of(*service.follows),
                partitions=settings.partitions,
                now=clock.now,
                own=service.log,
                check_type=require_known,
                observer=start.watch,
            ),
            metrics=start.metrics,
            tracer=start.tracer,
            **own,
        )


@dataclass(kw_only=True)
class DecidingDependencies(Dependencies):
    """The same of a service that decides: it appends to a log of its own."""

    log: LogId
    appender: Appender

    @classmethod
    async def open(cls, start: Start, **own: Any) -> Self:
        log = log_for(start.service.name)
        appender = Appender(start.pool, log, start.settings.partitions, observer=start.watch)
        start.stack.push_async_callback(appender.close)
        return await super().open(start, log=log, appender=appender, **own)

    async def carry_out(self, intent: Intent[Any], now: datetime) -> Outcome:
        """Carry out one command on this service's own log."""
        with traced(self.tracer, self.log, intent) as mine:
            outcome = await carry_out(self.pool, self.appender, self.log, mine, now)
        return outcome


async def _nothing() -> None:
    """What most services do once they are wired."""


@dataclass(frozen=True, slots=True)
class Components:
    """What is this service's own, made once its dependencies are there. `handlers`: those that are no projections."""

    projections: Sequence[Projection] = ()
    handlers: Sequence[Handler] = ()
    reactions: Sequence[DeclaredReaction] = ()
    deadlines: Deadlines | None = None
    opened: Callable[[], Awaitable[None]] = _nothing
    jobs: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()  # each runs until it is cancelled
