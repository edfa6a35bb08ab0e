"""Reacting: the service does what another's event asks for, in the very transaction that marks the event as seen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from gongkai.ledger import read
from gongkai.ledger.append import Conflict, append
from gongkai.ledger.decider import Intent, said_before, write_of
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection, LogId


class Reaction(Protocol):
    """Something that makes the service do what another's event asks for. Its commands' ids follow from the event."""

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]: ...


async def carry_out_all(
    conn: Connection, own: LogId, partitions: int, now: datetime, intents: Sequence[Intent[Any]]
) -> None:
    """Decide and append in the caller's transaction. Raises Conflict when somebody else was quicker."""
    stored = await read.streams(conn, own, {intent.stream for intent in intents})
    streams: dict[str, list[Any]] = {}  # version, state and entries, as this transaction has left them
    writes = []
    for intent in intents:
        if intent.stream not in streams:
            entries = stored.get(intent.stream, [])
            streams[intent.stream] = [len(entries), intent.aggregate.fold(entries), entries]
        version, state, entries = streams[intent.stream]
        if said_before(intent, entries):
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
