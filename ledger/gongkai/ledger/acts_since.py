"""Since when a reaction or a kind of deadline acts: what a release brings to a log that holds records already.

Recorded once, when a deployment first starts with it, so that it neither acts on history unasked nor is forgotten:
`catch_up` applies it to history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from gongkai.ledger import read
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.react import Reaction
from gongkai.ledger.read import Connection, LogId


class Since(StrEnum):
    """What a reaction or a kind of deadline declares. It isn't changed once it is released.

    FIRST_EVENT: it is as old as the events that it acts on, so there can be no history of them without it.
    FIRST_SIGHT: it came later. A deployment's history as of its first start with it is left alone until it is caught up.
    """

    FIRST_EVENT = "first-event"
    FIRST_SIGHT = "first-sight"


class DeclaredReaction(Reaction, Protocol):
    """A service's reaction: its name, which stays, and since when it acts."""

    @property
    def name(self) -> str: ...

    @property
    def since(self) -> Since: ...


@dataclass(frozen=True, slots=True)
class Extent:
    """On what of one log it acts: the records after `since`, and those up to `done`.

    `walked` and `until`: how far it is being caught up, and how far it is to be; None when nobody has asked.
    `stopped`: why catching up doesn't go on.
    """

    name: str
    log: str
    since: int
    done: int
    walked: int | None = None
    until: int | None = None
    stopped: str | None = None

    def includes(self, position: int) -> bool:
        return position > self.since or position <= self.done

    @property
    def complete(self) -> bool:
        """Nothing of its history is left to be caught up."""
        return self.done >= self.since


async def record(conn: Connection, names: Mapping[str, Since], logs: Sequence[LogId]) -> None:
    """At a service's start, before it acts on anything: what was recorded by an earlier start stays."""
    for log in logs:
        last = await read.size(conn, log) - 1
        await conn.executemany(
            "INSERT INTO acts_since (name, log, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            [(name, log.name, -1 if since is Since.FIRST_EVENT else last) for name, since in names.items()],
        )


async def load(
    conn: Connection, names: Sequence[str] | None = None, *, schema: str | None = None
) -> list[Extent]:
    """What is recorded, of all names or of these. `schema`: of another service than the connection's own."""
    table = "acts_since" if schema is None else f"{schema}.acts_since"
    rows = await conn.fetch(
        f"SELECT name, log, since, done, walked, until, stopped FROM {table}"
        " WHERE $1::text[] IS NULL OR name = ANY($1) ORDER BY name, log",
        None if names is None else list(names),
    )
    return [Extent(*row) for row in rows]


async def live(
    conn: Connection, reactions: Sequence[DeclaredReaction], logs: Sequence[LogId]
) -> list["LiveReaction"]:
    """As a subscription to these logs is to call them."""
    if not reactions:
        return []
    await record(conn, {reaction.name: reaction.since for reaction in reactions}, logs)
    since: dict[str, dict[str, int]] = {reaction.name: {} for reaction in reactions}
    for extent in await load(conn, list(since)):
        since[extent.name][extent.log] = extent.since
    return [LiveReaction(reaction, since[reaction.name]) for reaction in reactions]


@dataclass(frozen=True, slots=True)
class LiveReaction:
    """A reaction as a subscription calls it: it acts on nothing that was history at its first sight."""

    reaction: DeclaredReaction
    since: Mapping[str, int]  # by log

    @property
    def name(self) -> str:
        return self.reaction.name

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]:
        if what.place.position <= self.since[what.place.log]:
            return ()
        return await self.reaction.react(conn, what, now)
