"""The bodies of requests and responses about applications."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from gongkai.contracts.events import Line
from gongkai.contracts.vocabulary import Channel
from gongkai.runtime.commands import Done


class Received(Done):
    receipt: str
    code: str


class Day(BaseModel):
    date: date
    counts: bool
    n: int | None
    code: str
    zh: str
    en: str


class ClockFace(BaseModel):
    """The clock as pages show it: `due` is null past the last year with a notice, then `awaits` names the year."""

    due: date | None
    left: int
    awaits: int | None
    term: int
    clause: str
    days: list[Day]


class RemedySays(BaseModel):
    """What the applicant can do against the answer, or against none, in both languages."""

    zh: str
    en: str
    clause: str
    article: str | None


class Progress(BaseModel):
    application: str
    receipt: str
    unit: str
    unit_name: str
    channel: Channel
    state: Literal["open", "overdue", "answered"]
    received_on: date
    clock: ClockFace
    answer: dict[str, Any] | None
    remedy: RemedySays | None = None
    applicant: dict[str, Any] | None = None
    request: dict[str, Any] | None = None


class LookUp(BaseModel):
    """Receipt and query code: in the body, since addresses end up in logs."""

    model_config = ConfigDict(extra="forbid")

    receipt: Line
    code: Line
