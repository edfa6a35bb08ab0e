"""Streams: how one is folded, and how those of a log are read while commands are decided."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from gongkai.contracts.envelope import Fact, Place, Record, event_id, read_record
from gongkai.ledger import read
from gongkai.ledger.append import Write
from gongkai.ledger.read import Connection, Entry, LogId

S = TypeVar("S")
T = TypeVar("T")


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


@dataclass(slots=True)
class Stream:
    """A stream as an attempt sees it: as stored, and with what the attempt has decided so far."""

    entries: Sequence[Entry]
    writes: dict[UUID, Write] = field(default_factory=dict)  # by command
    facts: list[Fact] = field(default_factory=list)  # of the writes
    _states: dict[int, tuple[Any, int]] = field(default_factory=dict)  # by aggregate: state, facts in it

    @property
    def version(self) -> int:
        return len(self.entries) + len(self.facts)

    @property
    def records(self) -> list[Record]:
        decided = [read_record(raw) for write in self.writes.values() for _, raw in write.events]
        return [entry.record for entry in self.entries] + decided

    def fold(self, aggregate: Aggregate[S]) -> S:
        known: tuple[S, int] | None = self._states.get(id(aggregate))
        state, folded = (aggregate.fold(self.entries), 0) if known is None else known
        for fact in self.facts[folded:]:
            state = aggregate.evolve(state, fact)
        self._states[id(aggregate)] = state, len(self.facts)
        return state

    @property
    def last(self) -> Write | Place | None:
        """The stream's last event: where it is, or the write that makes it. None when the stream doesn't exist."""
        if self.writes:
            return next(reversed(self.writes.values()))
        return self.entries[-1].place if self.entries else None

    def last_of(self, command: UUID) -> Write | Place | None:
        """The command's last event, by the ids that its events have. None when it hasn't been carried out."""
        if (write := self.writes.get(command)) is not None or not self.entries:
            return write
        places = {entry.event_id: entry.place for entry in self.entries}
        index, last = 0, None
        while (place := places.get(event_id(command, index))) is not None:
            index, last = index + 1, place
        return last

    def add(self, command: UUID, write: Write, facts: Sequence[Fact]) -> None:
        self.writes[command] = write
        self.facts += facts


class Streams:
    """The streams of one log that an attempt has read."""

    def __init__(self, conn: Connection, log: LogId) -> None:
        self._conn, self._log = conn, log
        self._read: dict[str, Stream] = {}

    async def load(self, names: Collection[str]) -> None:
        match [name for name in dict.fromkeys(names) if name not in self._read]:
            case []:
                return
            case [name]:
                self._read[name] = Stream(await read.stream(self._conn, self._log, name))
            case several:
                found = await read.streams(self._conn, self._log, several)
                self._read |= {name: Stream(found.get(name, [])) for name in several}

    async def get(self, name: str) -> Stream:
        await self.load([name])
        return self._read[name]


class GuardedReader:
    """Reads further streams of the log for a decision, with what earlier commands of the same batch decided.

    `guards`: the streams that were read, and their versions; the command is decided again when one has moved.
    """

    def __init__(self, streams: Streams, own: str) -> None:
        self._streams, self._own = streams, own
        self.guards: dict[str, int] = {}

    async def prefetch(self, streams: Collection[str]) -> None:
        """Read these in one query, before `fold` or `records` is asked for each."""
        await self._streams.load(streams)

    async def fold(self, stream: str, aggregate: Aggregate[T]) -> T:
        return (await self._guarded(stream)).fold(aggregate)

    async def records(self, stream: str) -> list[Record]:
        """Oldest first; none for a stream that doesn't exist."""
        return (await self._guarded(stream)).records

    async def _guarded(self, name: str) -> Stream:
        stream = await self._streams.get(name)
        if name != self._own:
            self.guards[name] = stream.version
        return stream
