"""Handles batches of events that agencies' systems hand in, over HTTP and Kafka alike: a result for each event.

Each event is decided like a person's command, one after the other. What follows from all of them (texts, rows of the
table `handed`, records of the log) is written in one transaction: after a crash all of it is there or nothing, and the
same events handed in again get the same results. A refused event doesn't affect the others of its batch.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.envelope import Place, TooLarge
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import ApplicationReceived, decode
from gongkai.contracts.ingress import RECEIVED, Result
from gongkai.contracts.streams import application_stream
from gongkai.intake.applications.sealing import alone_with
from gongkai.intake.dependencies import IntakeDependencies
from gongkai.intake.documents import uploads
from gongkai.intake.ingress import envelope, refusals, store
from gongkai.intake.ingress.batch import (
    Batch,
    IncomingEvent,
    Via,
    key_of,
    mark_duplicates,
    result_of,
    rows_of,
)
from gongkai.intake.ingress.commands import DraftCommand, ReceiveCommand, command_of, with_event_field
from gongkai.intake.ingress.context import BatchContext
from gongkai.intake.ingress.personal import EncryptionKeys, decrypted
from gongkai.ledger import read
from gongkai.ledger.append import Full
from gongkai.ledger.decider import ATTEMPTS, BatchDecider, Contended, Intent, NotWritten, Reading
from gongkai.ledger.read import DISCONNECTED, cant_be_stored
from gongkai.runtime.identity import Principal
from gongkai.runtime.telemetry import traceparent

CHUNK: Final = 500  # events in one transaction: a bound on how long others wait for the log
TRANSIENT: Final[tuple[type[Exception], ...]] = (*DISCONNECTED, Contended, Full)  # a retry may succeed
CLEANUP_INTERVAL: Final = 3600.0  # seconds
YIELD_EVERY: Final = 50  # events decided before other tasks get their turn
_COMMAND_NAMESPACE: Final = UUID(
    "5a0f6a5e-6c0b-4f0e-9a6c-1f5d3b9c7a41"
)  # no other command's id is made in it

_log = structlog.get_logger(__name__)


class _ConcurrentWrite(Exception):
    """Another transaction wrote one of the events first: decide again."""


class IngressHandler:
    """One for the service; several batches may be handled at once."""

    def __init__(self, deps: IntakeDependencies) -> None:
        self._deps = deps
        self.keys = EncryptionKeys(deps.keys.pool)
        self._refused: dict[str, int] = {}  # by unit, since its excess was last deleted

    async def handle(
        self,
        who: Principal,
        system: str,
        unit: str,
        events: Sequence[Any],
        *,
        via: Via,
        sandbox: bool = False,
    ) -> list[Result]:
        """A result an event, in order. An event may be anything; a BadInput stands for one that couldn't be read.
        `who` hands in the events of `system`, which speaks for `unit`: the system itself, or an officer who corrects one.

        Raises Contended, and what the database raises: then some may be accepted, and all can be handed in again.
        """
        results: list[Result] = []
        for start in range(0, len(events), CHUNK):
            context = BatchContext(self._deps, who, unit, await self._deps.clock.now(), sandbox)
            results += await self._handle_chunk(context, system, events[start : start + CHUNK], via)
        return results

    async def _handle_chunk(
        self, context: BatchContext, system: str, events: Sequence[Any], via: Via
    ) -> list[Result]:
        """An event that fails by an error of this software is found by handling each by itself, and refused."""
        try:
            return await self._with_retries(context, system, events, via)
        except Exception as error:
            if isinstance(error, TRANSIENT) and not cant_be_stored(error):
                raise
            if len(events) == 1:
                _log.error("an event that can't be decided", system=system, error=repr(error))
                return await self._with_retries(context, system, [refusals.unexpected()], via)
            _log.warning("events one by one", system=system, error=type(error).__name__)
            return [
                result
                for event in events
                for result in await self._handle_chunk(context, system, [event], via)
            ]

    async def _with_retries(
        self, context: BatchContext, system: str, events: Sequence[Any], via: Via
    ) -> list[Result]:
        for _ in range(ATTEMPTS):
            items = [await self._read(context, system, event, via) for event in events]
            try:
                await self._process(context, system, items, via)
                await self._load_received(items)
            except (_ConcurrentWrite, NotWritten, asyncpg.DeadlockDetectedError):
                continue
            return [await result_of(item, via, context.keys, sandbox=context.sandbox) for item in items]
        raise Contended(system)

    async def delete_expired(self) -> None:
        """Until cancelled: deletes refused events past their retention, also of units that hand in nothing new."""
        while True:
            try:
                await store.delete_expired(self._deps.pool, await self._deps.clock.now())
            except (*DISCONNECTED, asyncpg.PostgresError) as error:
                _log.info("not tidied yet", error=repr(error))
            await asyncio.sleep(CLEANUP_INTERVAL)

    # -- each event by itself

    async def _read(self, context: BatchContext, system: str, raw: Any, via: Via) -> IncomingEvent:
        item = IncomingEvent(raw)
        try:
            if isinstance(raw, BadInput):
                raise raw
            wall = max(context.now, self._deps.wall())
            event = await decrypted(envelope.read(raw, wall), self.keys, wall, clear=via != "kafka")
            item.event = event
            item.command_id = derived_id(_COMMAND_NAMESPACE, f"{system} {event.source} {event.id}")
            item.fingerprint = await context.keys.identity(f"handed/{event.canonical}")
        except (Refused, BadInput) as error:
            item.error = error
            item.event = None
        return item

    async def _process(
        self, context: BatchContext, system: str, items: list[IncomingEvent], via: Via
    ) -> None:
        readable = [item for item in items if item.error is None]
        keys = [key_of(item) for item in readable]
        mark_duplicates(readable, await store.accepted(self._deps.pool, system, keys))
        fresh = [item for item in readable if item.error is None and item.state == "accepted"]
        for item in fresh:
            assert item.event is not None
            assert item.command_id is not None
            try:
                item.command = command_of(item.event, item.command_id)
            except (Refused, BadInput) as error:
                item.error = with_event_field(error)
        fresh = [item for item in fresh if item.error is None]
        async with AsyncExitStack() as stack:
            await self._look_up(context, fresh, stack)
            batch = await self._decide(context, fresh)
            if not context.sandbox:
                await self._write(context, system, items, batch, via)

    async def _load_received(self, items: list[IncomingEvent]) -> None:
        """Applications that were handed in before, as recorded: their query codes follow from the record."""
        again = [
            (item, application_stream(item.accepted_before.made))
            for item in items
            if item.accepted_before is not None and item.event is not None and item.event.type == RECEIVED
        ]
        names = {stream for _, stream in again}
        found = await read.streams(self._deps.pool, self._deps.log, names) if names else {}
        for item, stream in again:
            event = decode(found[stream][0].record)
            assert isinstance(event, ApplicationReceived)
            item.received = event

    async def _look_up(
        self, context: BatchContext, items: list[IncomingEvent], stack: AsyncExitStack
    ) -> None:
        """One query for all instead of one an event. Applicants can't be erased until the stack is closed."""
        commands = [item.command for item in items]
        digests = {c.digest for c in commands if isinstance(c, DraftCommand) and c.content is None}
        found = await uploads.describe_many(self._deps.pool, digests, context.unit_id) if digests else {}
        context.texts = found  # replaced: what an earlier attempt decided was not written
        if context.sandbox:
            return
        persons = {
            c.person: await context.keys.identity(c.person) for c in commands if isinstance(c, ReceiveCommand)
        }
        if persons:
            held = await context.keys.keys_for(persons.values(), context.now)
            for person in sorted({person for person, _ in held.values()}):
                await stack.enter_async_context(alone_with(self._deps, person))
            held = await context.keys.keys_for(persons.values(), context.now)
            context.persons |= {person: held[identity] for person, identity in persons.items()}

    # -- all of them

    async def _decide(self, context: BatchContext, items: list[IncomingEvent]) -> Batch:
        batch, trace = Batch(BatchDecider(self._deps.pool, self._deps.log)), traceparent()
        await batch.decider.load({item.command.stream for item in items})
        for number, item in enumerate(items, 1):
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            try:
                await self._decide_one(context, item, batch, trace)
            except (Refused, BadInput) as error:
                item.error = with_event_field(error)
            except TooLarge as error:
                item.error = error
        return batch

    async def _decide_one(
        self, context: BatchContext, item: IncomingEvent, batch: Batch, trace: str | None
    ) -> None:
        if any(other.error is None for other in item.conflicting):
            raise refusals.id_reused()
        command = item.command
        assert item.command_id is not None
        intent = Intent(
            item.command_id,
            command.stream,
            command.aggregate,
            Reading(lambda state, _: command.decide(state, context)),
            registerat=self._deps.replica.place(),
            trace=trace,
        )
        decided = await batch.decider.decide(intent, context.now)
        batch.decided.append((item, decided))
        if isinstance(decided.at, Place):
            item.place = decided.at
        if decided.write is None:
            return
        item.event_id = decided.write.events[0][0]
        if isinstance(command, DraftCommand) and command.content is not None:
            batch.texts[bytes.fromhex(command.digest)] = command.content, command.data.media_type
            context.texts[command.digest] = command.data.media_type, len(command.content)

    async def _write(
        self, context: BatchContext, system: str, items: list[IncomingEvent], batch: Batch, via: Via
    ) -> None:
        rows = rows_of(items)
        if via == "console":  # a refused correction is shown to the officer; the event's own row stays
            rows = [row for row in rows if row.state == "accepted"]
        if not rows:
            return
        deps, unit = self._deps, context.unit_id
        async with deps.pool.acquire() as conn, conn.transaction():
            if batch.texts:
                await uploads.put_many(
                    conn, batch.texts, unit=unit, person=context.who.person, now=context.now
                )
            new = await store.record(conn, rows, system=system, unit=unit, via=via, now=context.now)
            if new != sum(row.state == "accepted" for row in rows):
                raise _ConcurrentWrite
            # Last, since it locks the log's head.
            outcomes = await batch.decider.append(conn, deps.settings.partitions, context.now)
            for (item, decided), outcome in zip(batch.decided, outcomes, strict=True):
                if decided.write is not None and outcome.repeated:
                    raise _ConcurrentWrite
                item.place = outcome.place
            refused = self._refused.get(unit, 0) + len(rows) - new
            if refused >= store.CLEANUP_AFTER:
                await store.delete_excess(conn, unit, context.now)
                refused = 0
            self._refused[unit] = refused
