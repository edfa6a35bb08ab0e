"""From Kafka to a subscription: records are verified against the log and put into causal order before they are applied."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gongkai.contracts.envelope import Place, Record, record_in
from gongkai.ledger import read
from gongkai.ledger.merkle import leaf_hash
from gongkai.ledger.read import Connection, Entry, LogId

LogPartition = tuple[str, int]  # name of the log, number of the partition


@dataclass(frozen=True, slots=True)
class UnverifiedRecord:
    """A Kafka message: its bytes, and the position in the log that its header claims."""

    position: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record to be applied: read from the log, or from Kafka and verified against the log."""

    place: Place
    committed_at: datetime
    record: Record
    trace: str | None = None

    @property
    def key(self) -> LogPartition:
        return self.place.log, self.place.partition

    @classmethod
    def of(cls, entry: Entry) -> "Delivered":
        return cls(entry.place, entry.committed_at, record_in(entry.raw), entry.trace)


@dataclass(frozen=True, slots=True)
class VerifiedRecords:
    """Result of `verify_against_log`."""

    batches: dict[LogPartition, list[Delivered]]  # what the log confirms
    with_gap: set[LogPartition]  # partitions of which records are missing, to be read from the log
    foreign: set[LogPartition]  # partitions with a record that isn't the log's


async def verify_against_log(
    conn: Connection,
    logs: Sequence[LogId],
    arrived: Mapping[LogPartition, Sequence[UnverifiedRecord]],
    seen: Mapping[LogPartition, int],
) -> VerifiedRecords:
    """Compare Kafka's records with the log: every position after `seen` must be there, with the same leaf hash.

    So a forged record, one of another deployment's log, or one from before a backup was restored is never applied.
    """
    verified = VerifiedRecords({}, set(), set())
    fresh = {key: once for key, records in arrived.items() if (once := list(_fresh(seen[key], records)))}
    for log in logs:
        ranges = {
            key[1]: (seen[key], records[-1].position) for key, records in fresh.items() if key[0] == log.name
        }
        if not ranges:
            continue
        hashes = await read.entry_hashes(conn, log, ranges, max(len(fresh[log.name, p]) for p in ranges))
        for partition in ranges:
            key = (log.name, partition)
            confirmed = []
            for one, expected in zip(fresh[key], hashes.get(partition, []), strict=False):
                if one.position != expected.position:
                    break
                if leaf_hash(one.raw) != expected.leaf:
                    verified.foreign.add(key)
                    break
                place = Place(log.name, partition, expected.position)
                confirmed.append(Delivered(place, expected.committed_at, record_in(one.raw), expected.trace))
            if len(confirmed) < len(fresh[key]):
                verified.with_gap.add(key)
            if confirmed:
                verified.batches[key] = confirmed
    return verified


def _fresh(seen: int, arrived: Sequence[UnverifiedRecord]) -> Iterator[UnverifiedRecord]:
    """Records after `seen`, without repetitions."""
    for one in arrived:
        if one.position > seen:
            seen = one.position
            yield one


def in_causal_order(
    batches: Mapping[LogPartition, Sequence[Delivered]], seen: Mapping[LogPartition, int]
) -> tuple[list[Delivered], set[LogPartition]]:
    """The records that can be applied now, causes first; and the partitions in which a record still waits for its cause."""
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


def _cause_seen(what: Delivered, reached: Mapping[LogPartition, int]) -> bool:
    if what.record.cause is None:
        return True
    cause = Place.parse(what.record.cause)
    return reached.get((cause.log, cause.partition), cause.position) >= cause.position
