"""期限: how long something may take, in working days or calendar days."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer

_WRITTEN = re.compile(r"([1-9][0-9]{0,3}) (wd|d)")


@dataclass(frozen=True, slots=True)
class Term:
    """`wd` = 工作日, legal working days; `d` = 日, calendar days."""

    days: int
    unit: Literal["wd", "d"]

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("a term has at least one day")

    def __str__(self) -> str:
        return f"{self.days} {self.unit}"

    @property
    def zh(self) -> str:
        return f"{self.days}个工作日" if self.unit == "wd" else f"{self.days}日"

    @property
    def en(self) -> str:
        name = "working day" if self.unit == "wd" else "calendar day"
        return f"{self.days} {name}" + ("s" if self.days > 1 else "")

    def longer_than(self, law: "Term") -> bool:
        """True unless this term surely ends no later than `law`.

        N calendar days never outlast N working days; nothing is sure the other way round.
        """
        if self.unit == "wd" and law.unit == "d":
            return True
        return self.days > law.days


def parse(written: object) -> object:
    """`20 wd` or `10 d`, as a rulebook writes it."""
    if not isinstance(written, str):
        return written
    match = _WRITTEN.fullmatch(written)
    if match is None:
        raise ValueError("a term is written like `20 wd` (working days) or `10 d` (calendar days)")
    return Term(int(match[1]), "wd" if match[2] == "wd" else "d")


WrittenTerm = Annotated[Term, BeforeValidator(parse), PlainSerializer(str, return_type=str)]
