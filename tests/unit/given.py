"""given(what happened).when(what somebody asks for).then(what comes of it), in the words of the domain.

The command's own module says who decides and how events are folded: one aggregate, one page.
"""

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import Event
from gongkai.rules import Rules
from gongkai.rules.calendar import official
from gongkai.rules.rulebooks import load

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLAUSE = re.compile(r"^(SC|CX|WY|HZ|LS|GT)-[A-Za-z0-9.]+$")
CHINESE = re.compile(r"[\u4e00-\u9fff]")

Decide = Callable[[Any, Any, Rules, datetime], list[Event]]


def at(day: str, hour: int = 9, minute: int = 0) -> datetime:
    """That hour of that day in Shanghai, in UTC as the services have it."""
    return datetime.combine(date.fromisoformat(day), time(hour, minute), SHANGHAI).astimezone(UTC)


MONDAY = at("2026-03-02")  # a working day with nothing special around it


@cache
def rules(jurisdiction: str = "sc") -> Rules:
    """The rulebook that the jurisdiction has in the year of these tests, and the calendar as announced."""
    return Rules(load(jurisdiction, on=date(2026, 3, 2)), official())


def decides(command: type) -> Decide:
    """The one function that decides about a kind of command."""
    module = sys.modules[command.__module__]
    found = [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == command.__module__
        and get_type_hints(function).get("cmd") is command
    ]
    assert len(found) == 1, f"{command} is decided by {found}"
    return found[0]


def fold(command: type, events: tuple[Event, ...]) -> Any:
    """The state of the command's aggregate after these events."""
    state = None
    for event in events:
        state = sys.modules[command.__module__].evolve(state, event)
    return state


def reads_well(refusal: Refused | BadInput) -> None:
    """Every refusal has a code, a clause and a sentence in both languages."""
    assert re.fullmatch(r"[a-z]+\.[a-z-]+", refusal.code)
    assert CLAUSE.match(refusal.clause or ""), f"{refusal.code} names no clause"
    assert CHINESE.search(refusal.says.zh), f"{refusal.code} says nothing in Chinese"
    assert refusal.says.zh.endswith("。")
    assert re.search(r"[A-Za-z]{3}", refusal.says.en), f"{refusal.code} says nothing in English"
    assert refusal.says.en.endswith(".")


@dataclass(frozen=True)
class Given:
    history: tuple[Event, ...]
    under: Rules

    def when(self, command: Any, at: datetime = MONDAY) -> "Outcome":
        state = fold(type(command), self.history)
        try:
            events = decides(type(command))(state, command, self.under, at)
        except (Refused, BadInput) as refusal:
            return Outcome(self, (), refusal)
        return Outcome(self, tuple(events), None)


@dataclass(frozen=True)
class Outcome:
    before: Given
    events: tuple[Event, ...]
    refusal: Refused | BadInput | None

    def then(self, *expected: Event) -> Given:
        """Exactly these events. The answer can be given more to decide about."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert self.events == expected
        return Given(self.before.history + self.events, self.before.under)

    def then_nothing(self) -> Given:
        """It was said before, and is neither a fact nor a fault."""
        return self.then()

    def then_one(self, kind: type[Event], **fields: Any) -> Given:
        """One event of that kind; of its fields these matter here."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert [type(event) for event in self.events] == [kind]
        assert {name: getattr(self.events[0], name) for name in fields} == fields
        return Given(self.before.history + self.events, self.before.under)

    def then_refused(self, code: str, clause: str, field: str | None = None) -> Given:
        assert self.refusal is not None, f"not refused: {self.events}"
        reads_well(self.refusal)
        assert (self.refusal.code, self.refusal.clause, self.refusal.field) == (code, clause, field)
        return self.before


def given(*history: Event, under: Rules | None = None) -> Given:
    return Given(history, under or rules())
