"""Deadlines of aggregates: a timer is set when a stream opens, dropped when it is settled, and when it passes the
aggregate decides, in a command with an id that follows from the timer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.contracts.events import Event, decode
from gongkai.ledger import timers
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
    from the aggregate's state. `decide`: what the aggregate decides then. `wanted`: asked for the stream's state before
    the command is issued; it isn't when the answer is no.
    """

    kind: str
    aggregate: Aggregate[Any]
    opened_by: type[Event]
    settled_by: tuple[type[Event], ...]
    due: Callable[[Any, Rules], date | None]
    opening: Callable[[Any], Any]
    decide: Callable[[Any, Rules, datetime], Sequence[Event]]
    wanted: Callable[[Dependencies, str], Awaitable[bool]] | None = None


class AggregateDeadlines:
    """The timers of one service, folded from its own events (`ledger.timers.Deadlines`)."""

    def __init__(self, deps: DecidingDependencies, *commands: TimedCommand) -> None:
        self._deps = deps
        self._commands = {command.kind: command for command in commands}
        self._opens = {command.opened_by.NAME: command for command in commands}
        self._settles = {event.NAME: command for command in commands for event in command.settled_by}

    @property
    def basis(self) -> str:
        return basis(self._deps.replica.calendar)

    async def apply(self, conn: Connection, batch: Sequence[Delivered]) -> None:
        mine = [what for what in batch if what.record.name in self._opens.keys() | self._settles.keys()]
        if mine and await timers.computed_with(conn) != self.basis:
            await self._deps.replica.sync()  # another process may know of a notice that this one doesn't yet
        for what in mine:
            record = what.record
            if (command := self._opens.get(record.name)) is not None:
                await self._set(conn, command, what)
            elif (command := self._settles.get(record.name)) is not None:
                decode(record)  # an unknown version halts here, as everywhere
                await timers.drop(conn, command.kind, record.subject)

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
