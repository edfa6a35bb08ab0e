"""Carrying out a command: read the stream, fold it, decide, append; repeated after a conflict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from gongkai.contracts.envelope import Fact, Place, Record, seal_record
from gongkai.ledger import read
from gongkai.ledger.append import Appended, Appender, Conflict, GuardFailed, Write
from gongkai.ledger.read import Entry, LogId

ATTEMPTS = 8  # times that a command is decided again after a conflict

S = TypeVar("S")


class Contended(Exception):
    """Every attempt conflicted with another append to the stream. Try again."""


@dataclass(frozen=True, slots=True)
class Aggregate(Generic[S]):
    """How a stream is folded: the state before the first event, and the function from a state and an event to the next."""

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
    """One command for one stream. `decide` is pure. A command with the same id takes effect once, however often it is
    repeated.
    """

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
    """The place of the stream's last event after the command. `repeated`: nothing new was written."""

    place: Place | None
    repeated: bool


def write_of(intent: Intent[S], version: int, facts: Sequence[Fact]) -> Write:
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
        intent.guards,
        intent.not_after,
    )


def entry_of_command(intent: Intent[S], entries: Sequence[Entry]) -> Entry | None:
    """The last entry that this command wrote; None when it hasn't been carried out."""
    written = [entry for entry in entries if entry.record.commandid == intent.command]
    return written[-1] if written else None


async def carry_out(pool: Any, appender: Appender, log: LogId, intent: Intent[S], now: datetime) -> Outcome:
    """Carry out one command. Raises what `decide` raises, Contended, Expired, and GuardFailed: then the caller must read the
    guarding streams again.
    """
    async with appender.stream_lock(intent.stream):
        for _ in range(ATTEMPTS):
            entries = await read.stream(pool, log, intent.stream)
            if before := entry_of_command(intent, entries):
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
