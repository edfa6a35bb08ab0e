"""The door: a batch of events in, a result for each out.

Each is decided as a person's command would be, one after the other; what follows from all of them (texts, rows of
`handed`, records of the log) is written in one transaction. A crash anywhere leaves all of it or nothing, and whoever
says it again gets the same end. Refused ones hinder none of their neighbours.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from gongkai.contracts.derived import derived
from gongkai.contracts.envelope import TooLarge
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import ApplicationReceived, decode
from gongkai.contracts.ingress import RECEIVED, Result
from gongkai.intake.applications.sealing import alone_with, keys_of
from gongkai.intake.applications.stream import application_stream
from gongkai.intake.documents import uploads
from gongkai.intake.ingress import envelope, refusals, store
from gongkai.intake.ingress.batch import Item, Pile, Via, key_of, rows_of, told
from gongkai.intake.ingress.commands import Drafted, Received, in_event, matter_of
from gongkai.intake.ingress.context import Desk
from gongkai.intake.ingress.personal import DoorKeys, opened
from gongkai.intake.ingress.store import Key
from gongkai.ledger import read
from gongkai.ledger.append import Appended, Full, append
from gongkai.ledger.decider import ATTEMPTS, Contended, Intent, write_of
from gongkai.ledger.read import DISCONNECTED, cant_be_stored
from gongkai.runtime.identity import Principal
from gongkai.runtime.service import Dependencies
from gongkai.runtime.telemetry import traceparent

TOGETHER: Final = 500  # events in one transaction: a bound on how long others wait for the log
AWAY: Final[tuple[type[Exception], ...]] = (
    *DISCONNECTED,
    Contended,
    Full,
)  # what passes: said again, it may be decided
TIDIED: Final = 3600.0  # seconds between two looks for what has been kept long enough
_SAID: Final = UUID("5a0f6a5e-6c0b-4f0e-9a6c-1f5d3b9c7a41")  # no other command's id is made in it

_log = structlog.get_logger(__name__)


class _Overtaken(Exception):
    """Somebody else was quicker with one of the streams or events: look again."""


class Door:
    """One for the service; several batches may go through it at once."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self.keys = DoorKeys(keys_of(deps).pool)
        self._refused: dict[str, int] = {}

    async def take(
        self,
        who: Principal,
        system: str,
        unit: str,
        events: Sequence[Any],
        *,
        via: Via,
        practice: bool = False,
    ) -> list[Result]:
        """A result an event, in order. An event may be anything; a BadInput stands for one that couldn't be read.
        `who` hands in what `system` of `unit` has to say: the system itself, or a person who mended it.

        Raises Contended, and what the database raises: then some may be accepted, and all can be said again.
        """
        results: list[Result] = []
        for start in range(0, len(events), TOGETHER):
            desk = Desk(self._deps, who, unit, await self._deps.clock.now(), practice)
            results += await self._each(desk, system, events[start : start + TOGETHER], via)
        return results

    async def _each(self, desk: Desk, system: str, events: Sequence[Any], via: Via) -> list[Result]:
        """One that can't be decided, for a mistake of ours, is found and refused by itself."""
        try:
            return await self._chunk(desk, system, events, via)
        except Exception as error:
            if isinstance(error, AWAY) and not cant_be_stored(error):
                raise
            if len(events) == 1:
                _log.error("an event that can't be decided", system=system, error=repr(error))
                return await self._chunk(desk, system, [refusals.unexpected()], via)
            _log.warning("events one by one", system=system, error=type(error).__name__)
            return [result for one in events for result in await self._each(desk, system, [one], via)]

    async def _chunk(self, desk: Desk, system: str, events: Sequence[Any], via: Via) -> list[Result]:
        for _ in range(ATTEMPTS):
            items = [await self._read(desk, system, event, via) for event in events]
            try:
                await self._go(desk, system, items, via)
                await self._remember(items)
            except (_Overtaken, asyncpg.DeadlockDetectedError):
                continue
            return [await told(item, via, desk.keys, practice=desk.practice) for item in items]
        raise Contended(system)

    async def tidy(self) -> None:
        """Until cancelled: what was refused is kept for so long, and then goes, also where nothing new comes."""
        while True:
            try:
                await store.forget(self._deps.pool, await self._deps.clock.now())
            except (*DISCONNECTED, asyncpg.PostgresError) as error:
                _log.info("not tidied yet", error=repr(error))
            await asyncio.sleep(TIDIED)

    # -- one event, by itself

    async def _read(self, desk: Desk, system: str, said: Any, via: Via) -> Item:
        item = Item(said)
        try:
            if isinstance(said, BadInput):
                raise said
            wall = max(desk.now, self._deps.wall())
            handed = await opened(envelope.read(said, wall), self.keys, wall, clear=via != "kafka")
            item.handed = handed
            item.command = derived(_SAID, f"{system} {handed.source} {handed.id}")
            item.fingerprint = await desk.keys.identity(f"handed/{handed.words}")
        except (Refused, BadInput) as error:
            item.error = error
            item.handed = None
        return item

    async def _go(self, desk: Desk, system: str, items: list[Item], via: Via) -> None:
        readable = [item for item in items if item.error is None]
        await self._recognise(system, readable)
        fresh = [item for item in readable if item.error is None and item.state == "accepted"]
        for item in fresh:
            assert item.handed is not None
            assert item.command is not None
            try:
                item.matter = matter_of(item.handed, item.command)
            except (Refused, BadInput) as error:
                item.error = in_event(error)
        fresh = [item for item in fresh if item.error is None]
        async with AsyncExitStack() as stack:
            await self._look_up(desk, fresh, stack)
            pile = await self._decide(desk, fresh)
            if not desk.practice:
                await self._write(desk, system, items, pile, via)

    async def _recognise(self, system: str, items: list[Item]) -> None:
        """What was said before: by this very batch, or long ago."""
        seen: dict[Key, list[Item]] = {}
        known = await store.accepted(self._deps.pool, system, [key_of(item) for item in items])
        for item in items:
            key = key_of(item)
            if (before := known.get(key)) is not None:
                if before.fingerprint == item.fingerprint:
                    item.state, item.before, item.place = "duplicate", before, before.place
                else:
                    item.error = refusals.id_reused()
            elif (earlier := seen.get(key)) is not None:
                same = next((each for each in earlier if each.fingerprint == item.fingerprint), None)
                if same is not None:
                    item.state, item.earlier = "duplicate", same
                else:  # where those were refused, it is the same event, mended
                    item.rivals = tuple(earlier)
                    earlier.append(item)
            else:
                seen[key] = [item]

    async def _remember(self, items: list[Item]) -> None:
        """The applications that were handed in before, as they are on record: what code each has was said then."""
        again = [
            (item, application_stream(item.before.made))
            for item in items
            if item.before is not None and item.handed is not None and item.handed.type == RECEIVED
        ]
        log = self._deps.log
        assert log is not None
        names = {stream for _, stream in again}
        found = await read.streams(self._deps.pool, log, names) if names else {}
        for item, stream in again:
            event = decode(found[stream][0].record)
            assert isinstance(event, ApplicationReceived)
            item.received = event

    async def _look_up(self, desk: Desk, items: list[Item], stack: AsyncExitStack) -> None:
        """For all at once what one by one would be many questions. Nobody is erased until it is written."""
        matters = [item.matter for item in items]
        digests = {m.digest for m in matters if isinstance(m, Drafted) and m.content is None}
        found = await uploads.describe_many(self._deps.pool, digests, desk.unit_id) if digests else {}
        desk.texts = found  # anew: what an attempt before this one decided was not written
        if desk.practice:
            return
        persons = {m.person: await desk.keys.identity(m.person) for m in matters if isinstance(m, Received)}
        if persons:
            held = await desk.keys.keys_for(persons.values(), desk.now)
            for person in sorted({person for person, _ in held.values()}):
                await stack.enter_async_context(alone_with(self._deps, person))
            held = await desk.keys.keys_for(persons.values(), desk.now)
            desk.persons |= {person: held[identity] for person, identity in persons.items()}

    # -- all of them

    async def _decide(self, desk: Desk, items: list[Item]) -> Pile:
        log = self._deps.log
        assert log is not None
        names = {item.matter.stream for item in items}
        pile = Pile(await read.streams(self._deps.pool, log, names) if names else {}, traceparent())
        for number, item in enumerate(items):
            if number % 50 == 49:
                await asyncio.sleep(0)  # others wait, too
            try:
                await self._decide_one(desk, item, pile)
            except (Refused, BadInput) as error:
                item.error = in_event(error)
            except TooLarge as error:
                item.error = error
        return pile

    async def _decide_one(self, desk: Desk, item: Item, pile: Pile) -> None:
        if any(each.error is None for each in item.rivals):
            raise refusals.id_reused()
        matter, stream = item.matter, item.matter.stream
        entries = pile.streams.get(stream, [])
        if stream not in pile.states:
            pile.states[stream] = matter.aggregate.fold(entries)
            pile.versions[stream] = len(entries)
        state = pile.states[stream]
        facts = await matter.decide(state, desk)
        if not facts:
            item.place = entries[-1].place if entries else None
            return
        assert item.command is not None
        intent = Intent(
            item.command,
            stream,
            matter.aggregate,
            lambda _: facts,
            registerat=self._deps.replica.place(),
            trace=pile.trace,
        )
        write = write_of(intent, pile.versions[stream], facts)
        for fact in facts:
            state = matter.aggregate.evolve(state, fact)
        pile.states[stream], pile.versions[stream] = state, pile.versions[stream] + len(facts)
        item.event = write.events[0][0]
        pile.writes.append(write)
        pile.written.append(item)
        if isinstance(matter, Drafted) and matter.content is not None:
            pile.texts[bytes.fromhex(matter.digest)] = matter.content, matter.said.media_type
            desk.texts[matter.digest] = matter.said.media_type, len(matter.content)

    async def _write(self, desk: Desk, system: str, items: list[Item], pile: Pile, via: Via) -> None:
        rows = rows_of(items)
        if via == "console":  # who mends sees what is wrong; what was kept of the event stays
            rows = [row for row in rows if row.state == "accepted"]
        if not rows:
            return
        deps, unit = self._deps, desk.unit_id
        assert deps.log is not None
        async with deps.pool.acquire() as conn, conn.transaction():
            if pile.texts:
                await uploads.put_many(conn, pile.texts, unit=unit, person=desk.who.person, now=desk.now)
            new = await store.keep(conn, rows, system=system, unit=unit, via=via, now=desk.now)
            if new != sum(row.state == "accepted" for row in rows):
                raise _Overtaken
            if pile.writes:  # last, since from here on nobody else can append
                done = await append(conn, deps.log, deps.settings.partitions, desk.now, pile.writes)
                for item, result in zip(pile.written, done, strict=True):
                    if not isinstance(result, Appended) or result.repeated:
                        raise _Overtaken
                    item.place = result.place
            refused = self._refused.get(unit, 0) + len(rows) - new
            if refused >= store.SWEPT:
                await store.sweep(conn, unit, desk.now)
                refused = 0
            self._refused[unit] = refused
