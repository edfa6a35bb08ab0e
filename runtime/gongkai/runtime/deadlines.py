"""Deadlines of aggregates: a timer is set when a stream opens, dropped when it is settled, and when it passes the
aggregate decides, in a command with an id that follows from the timer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.contracts.envelope import Record
from gongkai.contracts.events import Event, decode
from gongkai.ledger import acts_since, timers
from gongkai.ledger.acts_since import Extent, Since
from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.ledger.streams import Aggregate
from gongkai.ledger.timers import Due
from gongkai.rules import Rules
from gongkai.rules.local_time import end_of_day
from gongkai.runtime.commands import basis, rules_at, rules_for
from gongkai.runtime.service import DecidingDependencies, Dependencies


@dataclass(frozen=True, slots=True)
class TimedCommand:
    """A command that is issued when a stream's deadline passes.

    `kind`: of its timers, as stored. `opened_by`: the event that sets the timer; the rules are those of its `unit` at its
    moment. `due`: its due day, None when there is none; the timer passes at the end of that day. `opening`: that event,
    from the aggregate's state. `decide`: what the aggregate decides then. `since`: whether logs hold such events from
    before this kind was there. `wanted`: asked for the stream's state before the command is issued; it isn't when the
    answer is no.
    """

    kind: str
    aggregate: Aggregate[Any]
    opened_by: type[Event]
    settled_by: tuple[type[Event], ...]
    due: Callable[[Any, Rules], date | None]
    opening: Callable[[Any], Any]
    decide: Callable[[Any, Rules, datetime], Sequence[Event]]
    since: Since
    wanted: Callable[[Dependencies, str], Awaitable[bool]] | None = None


class AggregateDeadlines:
    """The timers of one service, folded from its own events (`ledger.timers.Deadlines`)."""

    def __init__(self, deps: DecidingDependencies, *commands: TimedCommand) -> None:
        self._deps = deps
        self._commands = {command.kind: command for command in commands}
        self._opens: dict[str, list[TimedCommand]] = {}  # by name of the event
        self._settles: dict[str, list[TimedCommand]] = {}
        for command in commands:
            self._opens.setdefault(command.opened_by.NAME, []).append(command)
            for event in command.settled_by:
                self._settles.setdefault(event.NAME, []).append(command)

    @property
    def basis(self) -> str:
        return basis(self._deps.replica.calendar)

    @property
    def kinds(self) -> Mapping[str, Since]:
        return {kind: command.since for kind, command in self._commands.items()}

    def opens(self, record: Record) -> bool:
        return record.name in self._opens

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        mine = [what for what in batch if what.record.name in self._opens.keys() | self._settles.keys()]
        if not mine:
            return
        if await timers.computed_with(conn) != self.basis:
            await self._deps.replica.sync()  # another process may know of a notice that this one doesn't yet
        extents = await self._extents(conn)
        for what in mine:
            opens = self._opens.get(what.record.name, [])
            for command in opens:
                extent = extents.get((command.kind, what.place.log))
                if extent is None or extent.includes(what.place.position):
                    await self._set(conn, command, what)
            for command in self._settles.get(what.record.name, []):
                if command not in opens:
                    decode(what.record)  # an unknown version halts here, as everywhere
                    await timers.drop(conn, command.kind, what.record.subject)

    async def _extents(self, conn: Connection) -> dict[tuple[str, str], Extent]:
        """On what the kinds act that came to a log with history; read anew, since one may just be caught up."""
        late = [kind for kind, since in self.kinds.items() if since is Since.FIRST_SIGHT]
        found = await acts_since.load(conn, late) if late else []
        return {(extent.name, extent.log): extent for extent in found}

    async def _set(self, conn: Connection, command: TimedCommand, what: Delivered) -> None:
        event: Any = decode(what.record)
        await self._deps.replica.at_least(what.record.registerat)
        due = command.due(event, await rules_for(self._deps.replica, event.unit, event.at))
        if due is not None:
            await timers.put(conn, Due(command.kind, what.record.subject, end_of_day(due)))

    async def issue(self, due: Due, now: datetime) -> None:
        """Carry out the timer's command. The aggregate decides nothing when the stream was settled meanwhile."""
        command = self._commands[due.kind]
        if command.wanted is not None and not await command.wanted(self._deps, due.stream):
            return
        await self._deps.replica.sync()

        def decide(state: Any) -> Sequence[Event]:
            opening = command.opening(state)
            return command.decide(state, rules_at(self._deps.replica, opening.unit, opening.at), now)

        await self._deps.carry_out(Intent(due.command, due.stream, command.aggregate, decide), now)
