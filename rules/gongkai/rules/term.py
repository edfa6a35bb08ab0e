"""期限: how long something may take, in working days, calendar days or months."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

_WRITTEN = re.compile(r"([1-9][0-9]{0,3}) (wd|d|m)")
_WORDS = {
    "wd": ("个工作日", "working day"),
    "d": ("日", "calendar day"),
    "m": ("个月", "month"),
}
_SHORTEST, _LONGEST = 28, 31  # days of a month

Unit = Literal["wd", "d", "m"]


@dataclass(frozen=True, slots=True)
class Term:
    """`wd` = 工作日, legal working days; `d` = 日, calendar days; `m` = 月, months by the calendar.

    `days` is how many of them.
    """

    days: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("a term has at least one day")

    def __str__(self) -> str:
        return f"{self.days} {self.unit}"

    @property
    def zh(self) -> str:
        return f"{self.days}{_WORDS[self.unit][0]}"

    @property
    def en(self) -> str:
        return f"{self.days} {_WORDS[self.unit][1]}" + ("s" if self.days > 1 else "")

    def longer_than(self, law: "Term") -> bool:
        """True unless this term surely ends no later than `law`.

        N calendar days never outlast N working days; nothing is sure the other way round. A month has 28 to 31 days.
        """
        if self.unit == law.unit:
            return self.days > law.days
        if self.unit == "wd":
            return True
        longest = self.days * (_LONGEST if self.unit == "m" else 1)
        return longest > law.days * (_SHORTEST if law.unit == "m" else 1)


def parse(written: object) -> object:
    """`20 wd`, `10 d` or `3 m`, as a rulebook writes it."""
    if not isinstance(written, str):
        return written
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise PydanticCustomError(
            "term",
            "期限写作 20 wd（工作日）、10 d（日）或 3 m（月）"
            " · a term is written like `20 wd` (working days), `10 d` (calendar days) or `3 m` (months)",
        )
    return Term(int(match[1]), cast("Unit", match[2]))


WrittenTerm = Annotated[Term, BeforeValidator(parse), PlainSerializer(str, return_type=str)]
