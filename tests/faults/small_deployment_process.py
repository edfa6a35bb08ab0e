"""One process of a small deployment, to be killed: `python -m tests.faults.small_deployment_process intake|review SETTINGS.json`.

`intake` appends, relays and signs; `review` follows. What was acknowledged is written down before anything else, so
that the tests know what must never be lost, and a second life goes on where the first one ended.
"""

import asyncio
import itertools
import json
import os
import random
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg

from gongkai.contracts.envelope import Place
from gongkai.ledger.append import Appender
from gongkai.ledger.brokers import Brokers
from gongkai.ledger.decider import Intent, carry_out
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.kafka_consumer import KafkaConsumer
from gongkai.ledger.keyfile import KeyFile
from gongkai.ledger.read import DISCONNECTED
from gongkai.ledger.relay import Relay
from gongkai.ledger.subscribe import Subscription
from tests.integration.ledger.conftest import COUNTER, INTAKE, NOW, PARTITIONS, Counted, number, wall

WRITERS = 16  # commands under way at any moment
STREAMS = 24
PAUSE = 0.02  # seconds between two commands of one writer

TABLES = """
CREATE TABLE tally (stream text COLLATE "C" PRIMARY KEY, total bigint NOT NULL, said integer NOT NULL);
CREATE TABLE journal (id bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL, stream text, version integer);
GRANT SELECT, INSERT, UPDATE ON tally, journal TO review_writer;
GRANT SELECT ON tally, journal TO gongkai_monitor;
"""


@dataclass(frozen=True)
class Settings:
    """What a process is told. `acknowledged`: a file with a line for each command that was answered; `stop`: one
    that ends the writing by being there, and holds `done` once the last command is answered."""

    intake_dsn: str
    review_dsn: str
    kafka: str
    prefix: str
    replication: int
    keys: str
    acknowledged: str
    stop: str
    bad: str  # a file with the number that the handler of `review` raises for, while it is there
    padding: int = 0  # bytes more in each record

    @classmethod
    def read(cls, file: Path) -> "Settings":
        return cls(**json.loads(file.read_text()))

    def answered(self) -> dict[int, Place]:
        """By number of the command, the place that its caller was told."""
        file = Path(self.acknowledged)
        lines = file.read_text().splitlines() if file.exists() else []
        return {int(n): Place.parse(place) for n, place in (line.split(" ") for line in lines)}

    def stopped(self) -> str | None:
        """None: the writing goes on. `done`: it has ended, and everything was answered."""
        file = Path(self.stop)
        return file.read_text() if file.exists() else None

    def end(self, how: str) -> None:
        Path(self.stop).write_text(how)


def command(n: int) -> UUID:
    return uuid5(NAMESPACE_OID, f"command {n}")


def stream(n: int) -> str:
    return f"counter-{n % STREAMS}"


@dataclass(frozen=True)
class Padded(Counted):
    """As long as a disk that is to be filled needs it, and no compression helps."""

    padding: int = 0

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        return {"n": self.n, "padding": random.Random(self.n).randbytes(self.padding).hex()}


class Tally:
    """A projection that shows a record applied twice or not at all, and a journal that shows the order."""

    name = "review.tally"
    tables: tuple[str, ...] = ("tally",)
    version = 1

    def __init__(self, bad: Path | None = None) -> None:
        self._bad = bad

    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        if self._bad is not None and self._bad.exists():
            bad = int(self._bad.read_text())
            if any(number(what.record) == bad for what in batch):
                raise ValueError("a handler that raises")
        await conn.executemany(
            "INSERT INTO tally AS t VALUES ($1, $2, 1)"
            " ON CONFLICT (stream) DO UPDATE SET total = t.total + excluded.total, said = t.said + 1",
            [(what.record.subject, number(what.record)) for what in batch],
        )


class Journal:
    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        await conn.executemany(
            "INSERT INTO journal (event_id, stream, version) VALUES ($1, $2, $3)",
            [(what.record.id, what.record.subject, what.record.streamversion) for what in batch],
        )


@asynccontextmanager
async def pool_of(dsn: str) -> AsyncIterator[Any]:
    while True:
        try:
            pool = await asyncpg.create_pool(dsn, min_size=1, max_size=6, command_timeout=20)
            break
        except (*DISCONNECTED, asyncpg.PostgresError):
            await asyncio.sleep(0.1)
    yield pool
    pool.terminate()


async def intake(settings: Settings) -> None:
    async with pool_of(settings.intake_dsn) as pool:
        relay = Relay(
            settings.intake_dsn,
            pool,
            INTAKE,
            Brokers(settings.kafka),
            PARTITIONS,
            settings.replication,
            prefix=settings.prefix,
        )
        integrator = Integrator(settings.intake_dsn, pool, INTAKE, KeyFile(Path(settings.keys)))
        jobs = [asyncio.create_task(job) for job in (relay.run(), integrator.run())]
        known = settings.answered()
        left = _left(known, settings)
        file = os.open(settings.acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        appender = Appender(pool, INTAKE, PARTITIONS)
        await asyncio.gather(*(_write(pool, appender, left, file, settings.padding) for _ in range(WRITERS)))
        settings.end("done")
        await asyncio.gather(*jobs)


def _left(known: Collection[int], settings: Settings) -> Iterator[int]:
    """Commands to say: what an earlier life left unanswered, then new ones until told to stop."""
    last = max(known, default=-1) + WRITERS  # so far an earlier life may have come
    for n in itertools.count():
        if n > last and settings.stopped() is not None:
            return
        if n not in known:
            yield n


async def _write(pool: Any, appender: Appender, left: Iterator[int], file: int, padding: int) -> None:
    """One writer, who says each command again until it is answered. The clock is set back every now and then."""
    for n in left:
        now = NOW - timedelta(hours=n % 7)
        intent = Intent(command(n), stream(n), COUNTER, partial(_said, Padded(n, now, padding)))
        while True:
            try:
                done = await carry_out(pool, appender, INTAKE, intent, now)
                break
            except Exception as error:  # whatever it is: the caller wasn't answered, and says it again
                print(f"{n}: {error!r}", flush=True)
                await asyncio.sleep(0.1)
        os.write(file, f"{n} {done.place}\n".encode())
        await asyncio.sleep(PAUSE)


def _said(fact: Padded, _: int) -> list[Padded]:
    return [fact]


async def review(settings: Settings) -> None:
    async with pool_of(settings.review_dsn) as pool:
        here = Subscription(
            "review", pool, [INTAKE], PARTITIONS, wall, handlers=[Tally(Path(settings.bad)), Journal()]
        )
        while True:
            try:
                await here.open()
                break
            except (*DISCONNECTED, asyncpg.PostgresError):
                await asyncio.sleep(0.2)
        await asyncio.gather(
            here.watch(), KafkaConsumer(Brokers(settings.kafka), here, settings.prefix).run()
        )


if __name__ == "__main__":
    asyncio.run({"intake": intake, "review": review}[sys.argv[1]](Settings.read(Path(sys.argv[2]))))
