"""A command's way: read the stream, fold it, decide, append; again when somebody else was quicker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from gongkai.contracts.envelope import Fact, Place, Record, seal_record
from gongkai.ledger import read
from gongkai.ledger.append import Appended, Appender, Conflict, GuardFailed, Write
from gongkai.ledger.read import Entry, LogId

ATTEMPTS = 8

S = TypeVar("S")


class Contended(Exception):
    """The stream changed under every attempt. Try again."""


@dataclass(frozen=True, slots=True)
class Aggregate(Generic[S]):
    """How a stream is folded: the state before the first event, and what each event makes of it."""

    initial: S
    evolve: Callable[[S, Any], S]
    decode: Callable[[Record], Any]

    def fold(self, entries: Sequence[Entry]) -> S:
        state = self.initial
        for entry in entries:
            state = self.evolve(state, self.decode(entry.record))
        return state


@dataclass(frozen=True, slots=True)
class Intent(Generic[S]):
    """One command for one stream. `decide` is pure; the id makes it happen once, however often it is said."""

    command: UUID
    stream: str
    aggregate: Aggregate[S]
    decide: Callable[[S], Sequence[Fact]]
    cause: Place | None = None
    registerat: Place | None = None
    trace: str | None = None
    guards: tuple[
        tuple[str, int], ...
    ] = ()  # other streams of the log, and the versions that it was decided on
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the stream stands after the command. `repeated`: nothing new was written."""

    place: Place | None
    repeated: bool


def write_of(intent: Intent[S], version: int, facts: Sequence[Fact]) -> Write:
    """The records of what was decided, for a stream that stands at `version`."""
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
        intent.guards,
        intent.not_after,
    )


def said_before(intent: Intent[S], entries: Sequence[Entry]) -> Entry | None:
    """The last entry that this very command wrote, if it was carried out before."""
    mine = [entry for entry in entries if entry.record.commandid == intent.command]
    return mine[-1] if mine else None


async def carry_out(pool: Any, appender: Appender, log: LogId, intent: Intent[S], now: datetime) -> Outcome:
    """Carry out one command. Raises what `decide` raises, Contended, Expired, and GuardFailed: whoever gave the guards
    reads those streams again."""
    async with appender.turn(intent.stream):
        for _ in range(ATTEMPTS):
            entries = await read.stream(pool, log, intent.stream)
            if before := said_before(intent, entries):
                return Outcome(before.place, repeated=True)
            facts = intent.decide(intent.aggregate.fold(entries))
            if not facts:
                return Outcome(entries[-1].place if entries else None, repeated=True)
            try:
                done: Appended = await appender.append(write_of(intent, len(entries), facts), now)
            except GuardFailed:
                raise
            except Conflict:
                continue
            return Outcome(done.place, done.repeated)
    raise Contended(intent.stream)
