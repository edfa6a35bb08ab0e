"""What is written in every bench: one typical event, a reviewer's opinion, of about 570 bytes as a record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from gongkai.contracts.envelope import seal_record
from gongkai.contracts.events import SecrecyReviewed
from gongkai.contracts.streams import review_stream
from gongkai.contracts.vocabulary import Opinion
from gongkai.ledger.append import Appended, Write, append_many
from gongkai.ledger.read import Connection, LogId
from gongkai.runtime.topology import log_for

LOG: LogId = log_for(SecrecyReviewed.SERVICE)
PARTITIONS = 4
PER_STREAM = 5  # events; then the next stream begins


@dataclass(frozen=True, slots=True)
class EventPosition:
    """The n-th event of one writer: which stream, and at which version the stream stands."""

    document: str
    version: int

    @property
    def stream(self) -> str:
        return review_stream(self.document)

    @classmethod
    def of(cls, writer: str, n: int) -> "EventPosition":
        return cls(f"{writer}-{n // PER_STREAM:07}", n % PER_STREAM)


def event(position: EventPosition, now: datetime) -> SecrecyReviewed:
    """Made and validated anew for every command, as a service does it."""
    return SecrecyReviewed(
        at=now,
        by="kc-reviewer",
        document=position.document,
        unit="kc",
        digest="5e1f0c54d2b8c6a7e5a04a0c2a9f1d3b7c8e9f00112233445566778899aabbcc",
        opinion=Opinion.DISCLOSE,
        basis=("WY-B.9",),
        reason="经审查，不涉及国家秘密。",
    )


def make_write(position: EventPosition, now: datetime) -> Write:
    """A command with one event, sealed: what `decider.write_of` makes of a decision."""
    command = uuid4()
    sealed = seal_record(
        event(position, now), stream=position.stream, version=position.version + 1, command=command, index=0
    )
    return Write(position.stream, position.version, (sealed,))


@dataclass(frozen=True, slots=True)
class Row:
    """The same event ready-made, for a peer that only has to store it."""

    event_id: UUID
    stream: str
    version: int
    record: bytes


def rows(writer: str, count: int) -> list[Row]:
    """`count` events of one writer, in order."""
    now = datetime.now(UTC)
    made = []
    for n in range(count):
        position = EventPosition.of(writer, n)
        ((event_id, record),) = make_write(position, now).events
        made.append(Row(event_id, position.stream, position.version + 1, record))
    return made


def make_writes(writer: str, count: int, start: int = 0) -> Iterator[Write]:
    """`count` commands of one writer, each made and sealed when it is asked for."""
    for n in range(start, start + count):
        now = datetime.now(UTC)
        yield make_write(EventPosition.of(writer, n), now)


async def fill_log(pool: Connection, count: int, writer: str = "filled") -> None:
    """A log of so many events, by the import path."""
    done = await append_many(pool, LOG, PARTITIONS, datetime.now(UTC), make_writes(writer, count))
    if not all(isinstance(each, Appended) for each in done):
        raise RuntimeError("an import into a log of its own has no conflicts")
