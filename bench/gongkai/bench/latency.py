"""`latency`: from the acknowledged commit until a projection shows it, at 500 events a second, through the broker.

Everything between is the real thing: appender, relay, Kafka, FastStream, subscription and a view.
Measuring begins when the consumer's group has formed and records come by Kafka: until then they come from the log.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from statistics import quantiles

from gongkai.bench.environment import BenchEnvironment
from gongkai.bench.events import LOG, PARTITIONS, EventPosition, make_write
from gongkai.bench.measurement import ProgressListener
from gongkai.bench.project import now_of, prepare_view
from gongkai.bench.results import Bench, Goal, Result
from gongkai.bench.review_view import SERVICE, TABLE, VIEW
from gongkai.contracts.envelope import Place
from gongkai.ledger.append import Appender
from gongkai.ledger.brokers import Brokers
from gongkai.ledger.delivery import LogPartition, UnverifiedRecord
from gongkai.ledger.kafka_consumer import KafkaConsumer
from gongkai.ledger.read import Pool
from gongkai.ledger.relay import Relay
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import writer

BENCH = Bench("latency", unit="ms", better="lower", goals={"p99": Goal(100, 50)})
EVENTS = 5_000
NEEDS_BROKER = True
RATE = 500  # events a second
WRITERS = 16
JOINED = 60.0  # seconds for the consumer's group to form


async def run(
    environment: BenchEnvironment, progress: ProgressListener, *, events: int, repeats: int, kafka: str | None
) -> Result:
    """An open loop: each event has its moment, whether the ones before it are through or not."""
    figures: dict[str, list[float]] = {"p50": [], "p99": [], "max": []}
    slow = 0
    await prepare_view(environment)
    with environment.broker(kafka) as brokers:
        async with (
            environment.pool(writer(LOG.schema)) as own,
            environment.pool(writer(SERVICE)) as pool,
            _running(environment, brokers, own, pool) as (appender, subscription),
        ):
            progress.describe("预热 warm-up")
            async with asyncio.timeout(JOINED):
                for number in count():
                    joined = subscription.brought
                    await _round(appender, subscription, f"warm{number}", RATE * 2)
                    if joined:
                        break
            progress.expect(repeats)
            progress.describe(f"{RATE}/s")
            for number in range(repeats):
                seen = sorted(await _round(appender, subscription, f"r{number}", events))
                cuts = quantiles(seen, n=100, method="inclusive")
                figures["p50"].append(cuts[49])
                figures["p99"].append(cuts[98])
                figures["max"].append(seen[-1])
                slow += sum(each > 500 for each in seen)
                progress.advance()
            shown = await pool.fetchval(f"SELECT count(*) FROM {SERVICE}.{TABLE}")
    return Result(
        BENCH,
        events,
        figures,
        peers=(),
        checked={"rows": shown, "over_500_ms": slow},
        setting={"rate": RATE, "broker": kafka or "embedded", "view": VIEW.name},
    )


@dataclass(slots=True)
class _Brought(Subscription):
    """Knows whether Kafka has brought it anything."""

    brought: bool = False

    async def deliver(self, arrived: Mapping[LogPartition, Sequence[UnverifiedRecord]]) -> None:
        self.brought = True
        await super(_Brought, self).deliver(arrived)  # a class with slots is made anew, so it has to be named


@asynccontextmanager
async def _running(
    environment: BenchEnvironment, brokers: Brokers, own: Pool, pool: Pool
) -> AsyncIterator[tuple[Appender, _Brought]]:
    prefix = f"bench-{environment.run_id}"
    appender = Appender(own, LOG, PARTITIONS)
    subscription = _Brought(SERVICE, pool, [LOG], PARTITIONS, now_of, handlers=[VIEW])
    await subscription.open()
    relay = Relay(
        environment.cluster.dsn(writer(LOG.schema)), own, LOG, brokers, PARTITIONS, 1, prefix=prefix
    )
    jobs = [
        asyncio.create_task(relay.run()),
        asyncio.create_task(KafkaConsumer(brokers, subscription, prefix).run()),
    ]
    try:
        yield appender, subscription
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await appender.close()


async def _round(appender: Appender, subscription: Subscription, name: str, events: int) -> list[float]:
    """Milliseconds from the acknowledgement to the projection's commit, of every event."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    waits: list[asyncio.Task[float]] = []

    async def one(n: int) -> float:
        now = datetime.now(UTC)
        position = EventPosition.of(f"{name}-w{n % WRITERS}", n // WRITERS)
        async with appender.stream_lock(position.stream):
            done = await appender.append(make_write(position, now), now)
        return await _until_seen(subscription, done.place)

    for n in range(events):
        wait = begun + n / RATE - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        waits.append(asyncio.create_task(one(n)))
    return list(await asyncio.gather(*waits))


async def _until_seen(subscription: Subscription, place: Place) -> float:
    committed = time.perf_counter()
    if not await subscription.wait_for(place, 30):
        raise RuntimeError(f"{place} was never shown")
    return (time.perf_counter() - committed) * 1000
