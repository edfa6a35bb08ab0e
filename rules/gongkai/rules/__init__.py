"""The law as data, pure: working days, rulebooks, deadlines. Clock and files of facts are arguments."""

from dataclasses import dataclass

from gongkai.rules.calendar import Calendar
from gongkai.rules.rulebooks import Rulebook


@dataclass(frozen=True, slots=True)
class Rules:
    """What a decision is made under: the rulebook of its jurisdiction and day, and the calendar."""

    book: Rulebook
    calendar: Calendar


__all__ = ["Calendar", "Rulebook", "Rules"]
