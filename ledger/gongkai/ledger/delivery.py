"""What reaches a subscription: what Kafka brought, what of it is true by the log, and in which order it applies."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.envelope import Place, Record, record_in
from gongkai.ledger import read
from gongkai.ledger.merkle import leaf_hash
from gongkai.ledger.read import Connection, Entry, LogId

Key = tuple[str, int]  # log, partition


@dataclass(frozen=True, slots=True)
class Arrived:
    """Bytes from a topic, and the position in the log that their header claims. Nobody has checked them yet."""

    position: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record on its way into a service. It is in the log, byte for byte."""

    place: Place
    committed_at: datetime
    record: Record
    trace: str | None = None

    @property
    def key(self) -> Key:
        return self.place.log, self.place.partition

    @classmethod
    def of(cls, entry: Entry) -> "Delivered":
        return cls(entry.place, entry.committed_at, record_in(entry.raw), entry.trace)


@dataclass(frozen=True, slots=True)
class Proved:
    """What the log confirms, per partition; the partitions with a gap; those with something that isn't in the log."""

    batches: dict[Key, list[Delivered]]
    broken: set[Key]
    foreign: set[Key]


async def prove(
    conn: Connection, logs: Sequence[LogId], arrived: Mapping[Key, Sequence[Arrived]], seen: Mapping[Key, int]
) -> Proved:
    """Hold what Kafka brought against the log: every position after what was seen, and every leaf hash.

    A forged record, one of another deployment's log and one from before a restored backup never get further.
    """
    proved = Proved({}, set(), set())
    fresh = {key: once for key, records in arrived.items() if (once := list(_fresh(seen[key], records)))}
    for log in logs:
        mine = {
            key[1]: (seen[key], records[-1].position) for key, records in fresh.items() if key[0] == log.name
        }
        if not mine:
            continue
        marks = await read.marks(conn, log, mine, max(len(fresh[log.name, p]) for p in mine))
        for partition in mine:
            key = (log.name, partition)
            true = []
            for one, mark in zip(fresh[key], marks.get(partition, []), strict=False):
                if one.position != mark.position:
                    break
                if leaf_hash(one.raw) != mark.leaf:
                    proved.foreign.add(key)
                    break
                place = Place(log.name, partition, mark.position)
                true.append(Delivered(place, mark.committed_at, record_in(one.raw), mark.trace))
            if len(true) < len(fresh[key]):
                proved.broken.add(key)
            if true:
                proved.batches[key] = true
    return proved


def _fresh(seen: int, arrived: Sequence[Arrived]) -> Iterator[Arrived]:
    """What is new, each once however often it was sent."""
    for one in arrived:
        if one.position > seen:
            seen = one.position
            yield one


def in_causal_order(
    batches: Mapping[Key, Sequence[Delivered]], seen: Mapping[Key, int]
) -> tuple[list[Delivered], set[Key]]:
    """What can be applied now, causes first; and the partitions in which something still waits for its cause."""
    reached = dict(seen)
    waiting = {key: deque(batch) for key, batch in batches.items()}
    ordered: list[Delivered] = []
    progress = True
    while progress:
        progress = False
        for key, queue in waiting.items():
            while queue and _cause_seen(queue[0], reached):
                what = queue.popleft()
                progress = True
                if what.place.position > reached[key]:
                    ordered.append(what)
                    reached[key] = what.place.position
    return ordered, {key for key, queue in waiting.items() if queue}


def _cause_seen(what: Delivered, reached: Mapping[Key, int]) -> bool:
    if what.record.cause is None:
        return True
    cause = Place.parse(what.record.cause)
    return reached.get((cause.log, cause.partition), cause.position) >= cause.position
