"""Reactions: a service carries out commands because of another log's event, in the transaction that advances its checkpoint."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from gongkai.ledger import read
from gongkai.ledger.append import Conflict, append
from gongkai.ledger.decider import Intent, entry_of_command, write_of
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection, LogId


class Reaction(Protocol):
    """Makes commands from another log's event. Their ids are derived from the event, so that each takes effect once."""

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]: ...


async def carry_out_all(
    conn: Connection, own: LogId, partitions: int, now: datetime, intents: Sequence[Intent[Any]]
) -> None:
    """Decide and append in the caller's transaction. Raises Conflict."""
    stored = await read.streams(conn, own, {intent.stream for intent in intents})
    streams: dict[str, list[Any]] = {}  # version, state and entries, with this transaction's writes
    writes = []
    for intent in intents:
        if intent.stream not in streams:
            entries = stored.get(intent.stream, [])
            streams[intent.stream] = [len(entries), intent.aggregate.fold(entries), entries]
        version, state, entries = streams[intent.stream]
        if entry_of_command(intent, entries):
            continue
        facts = intent.decide(state)
        if facts:
            writes.append(write_of(intent, version, facts))
            for fact in facts:
                state = intent.aggregate.evolve(state, fact)
            streams[intent.stream] = [version + len(facts), state, entries]
    if writes:
        for result in await append(conn, own, partitions, now, writes):
            if isinstance(result, Conflict):
                raise result
