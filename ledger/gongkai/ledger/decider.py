"""The one way in which commands become events: read the stream, fold it, decide, append; repeated after a conflict.

`carry_out` carries out one command with group commit, `carry_out_all` several in the caller's transaction; who handles a
refused command of several by itself uses the `BatchDecider`, as they do.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from gongkai.contracts.envelope import Fact, Place, event_id, seal_record
from gongkai.ledger.append import Appended, Appender, Conflict, Expired, Write, append
from gongkai.ledger.read import Connection, LogId, Session
from gongkai.ledger.streams import Aggregate, GuardedReader, Stream, Streams

ATTEMPTS: Final = 8  # times that a command is decided again after a conflict
NO_GUARDS: Final[Mapping[str, int]] = MappingProxyType({})

S = TypeVar("S")


class Contended(Exception):
    """Every attempt conflicted with another append to a stream. Try again."""


class NotWritten(Exception):
    """Some of a batch's writes were refused, and others may have been decided on them: roll back, and decide all again.

    `expired`: the first events' ids of those whose last moment has passed.
    """

    def __init__(self, expired: Set[UUID]) -> None:
        super().__init__(expired)
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """A decision that depends on further streams of the same log. What it reads of them, it reads anew on each attempt; its
    events are appended only while those streams stand where they were read.
    """

    decide: Callable[[S, GuardedReader], Awaitable[Sequence[Fact]]]


@dataclass(frozen=True, slots=True)
class NotAfter(Generic[S]):
    """The latest `committed_at` that a command's events may get. `otherwise`: what is decided instead when it has passed;
    it may be nothing, or raise.
    """

    moment: datetime
    otherwise: Callable[[S], Sequence[Fact]]


@dataclass(frozen=True, slots=True)
class Intent(Generic[S]):
    """One command for one stream. `decide` is pure. A command with the same id takes effect once, however often it is
    repeated.
    """

    command: UUID
    stream: str
    aggregate: Aggregate[S]
    decide: Callable[[S], Sequence[Fact]] | Reading[S]
    cause: Place | None = None
    registerat: Place | None = None
    trace: str | None = None
    not_after: NotAfter[S] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The place of the stream's last event after the command. `repeated`: nothing new was written."""

    place: Place | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What one command comes to: `write`, unless it adds nothing.

    `at`: the command's last event, or the stream's where nothing was decided: its place, or the write that makes it.
    """

    write: Write | None = None
    at: Write | Place | None = None

    def outcome(self, appended: Mapping[UUID, Appended]) -> Outcome:
        """`appended`: by the id of its first event, how each write of the batch was appended."""
        if not isinstance(self.at, Write):
            return Outcome(self.at, repeated=True)
        done = appended[self.at.events[0][0]]
        return Outcome(done.place, done.repeated or self.write is None)


def write_of(
    intent: Intent[S], version: int, facts: Sequence[Fact], guards: Mapping[str, int] = NO_GUARDS
) -> Write:
    """The records of the decided events, for a stream at `version`."""
    return Write(
        intent.stream,
        version,
        tuple(
            seal_record(
                fact,
                stream=intent.stream,
                version=version + 1 + index,
                command=intent.command,
                index=index,
                cause=intent.cause,
                registerat=intent.registerat,
            )
            for index, fact in enumerate(facts)
        ),
        intent.trace,
        tuple(guards.items()),
        None if intent.not_after is None else intent.not_after.moment,
    )


def too_late(intent: Intent[S]) -> Intent[S]:
    """The command once its last moment has passed."""
    if intent.not_after is None:
        return intent
    return replace(intent, decide=intent.not_after.otherwise, not_after=None)


class BatchDecider:
    """Decides commands one after the other, each on what those before it decided. One for each attempt; what is decided is
    kept until `append`.
    """

    def __init__(self, conn: Connection, log: LogId) -> None:
        self._log = log
        self._streams = Streams(conn, log)
        self._decided: list[Decided] = []

    async def load(self, streams: Collection[str]) -> None:
        """Read these in one query, before commands on them are decided."""
        await self._streams.load(streams)

    async def decide(self, intent: Intent[Any], now: datetime) -> Decided:
        """Raises what the command's `decide` raises, and TooLarge: then it adds nothing, and others can be decided."""
        stream = await self._streams.get(intent.stream)
        before = stream.last_of(intent.command)
        decided = Decided(at=before) if before is not None else await self._decide(intent, stream, now)
        self._decided.append(decided)
        return decided

    async def _decide(self, intent: Intent[Any], stream: Stream, now: datetime) -> Decided:
        if intent.not_after is not None and intent.not_after.moment < now:
            intent = too_late(intent)
        reader = GuardedReader(self._streams, intent.stream)
        state = stream.fold(intent.aggregate)
        if isinstance(intent.decide, Reading):
            facts = await intent.decide.decide(state, reader)
        else:
            facts = intent.decide(state)
        if not facts:
            return Decided(at=stream.last)
        write = write_of(intent, stream.version, facts, reader.guards)
        stream.add(intent.command, write, facts)
        return Decided(write, at=write)

    async def append(self, conn: Connection, partitions: int, now: datetime) -> list[Outcome]:
        """Append all in the caller's transaction; an outcome for each command that was decided, in order.

        Raises NotWritten: then the caller's transaction, or savepoint, must be rolled back.
        """
        writes = [each.write for each in self._decided if each.write is not None]
        results = await append(conn, self._log, partitions, now, writes) if writes else []
        by_first_event = {write.events[0][0]: each for write, each in zip(writes, results, strict=True)}
        appended = {id: each for id, each in by_first_event.items() if isinstance(each, Appended)}
        if len(appended) < len(writes):
            raise NotWritten({id for id, each in by_first_event.items() if isinstance(each, Expired)})
        return [each.outcome(appended) for each in self._decided]


async def carry_out_all(
    conn: Session, log: LogId, partitions: int, now: datetime, intents: Sequence[Intent[Any]]
) -> list[Outcome]:
    """Carry out commands in the caller's transaction, all or none. Raises what `decide` raises, and Contended."""
    for _ in range(ATTEMPTS):
        batch = BatchDecider(conn, log)
        await batch.load({intent.stream for intent in intents})
        for intent in intents:
            await batch.decide(intent, now)
        try:
            async with conn.transaction():  # a savepoint: what was decided on a refused write mustn't stay
                return await batch.append(conn, partitions, now)
        except NotWritten as refused:
            expired = refused.expired
            intents = [too_late(i) if event_id(i.command, 0) in expired else i for i in intents]
    raise Contended(", ".join(sorted({intent.stream for intent in intents})))


async def carry_out(
    pool: Connection, appender: Appender, log: LogId, intent: Intent[S], now: datetime
) -> Outcome:
    """Carry out one command, together with others that wait. Raises what `decide` raises, and Contended."""
    async with appender.stream_lock(intent.stream):
        for _ in range(ATTEMPTS):
            decided = await BatchDecider(pool, log).decide(intent, now)
            if (write := decided.write) is None:
                return decided.outcome({})
            try:
                done = await appender.append(write, now)
            except Conflict:
                continue
            except Expired:
                intent = too_late(intent)
                continue
            return decided.outcome({write.events[0][0]: done})
    raise Contended(intent.stream)
