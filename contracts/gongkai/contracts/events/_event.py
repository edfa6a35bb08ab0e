"""What every event has, and the table of all of them."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from gongkai.contracts.envelope import Record
from gongkai.contracts.errors import UnknownVersion
from gongkai.contracts.events._lifts import liftable, lifted


def _aware_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment


_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # Bidi_Control


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp") or character in _BIDI


def _visible_line(line: str) -> str:
    for character in line:
        if _unseen(character):
            raise _control(character)
    return line


def _visible_text(text: str) -> str:
    text = text.replace("\r\n", "\n")  # as browsers send it
    for character in text:
        if unicodedata.category(character) == "Cc" and character not in "\n\t":
            raise _control(character)
    return text


def _control(character: str) -> PydanticCustomError:
    found = {"character": f"U+{ord(character):04X}"}
    return PydanticCustomError("control-character", "含有控制字符 · control character {character}", found)


Moment = Annotated[datetime, AfterValidator(_aware_utc)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
# What comes in: stricter than what is stored, so that no record of before becomes unreadable.
SaidLine = Annotated[Line, AfterValidator(_visible_line)]
SaidText = Annotated[Text, AfterValidator(_visible_text)]
PersonId = Id
SystemAuthor = Annotated[str, StringConstraints(pattern=r"^system:[a-z0-9][a-z0-9-]{0,79}$")]
Author = PersonId | SystemAuthor  # an agency's system writes as `system:<id>`
SYSTEM: PersonId = "system"


class Value(BaseModel):
    """A part of an event: immutable, and strict about what it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Value):
    """A fact. `at` is the moment (with offset) that decided it, `by` the person, `system` for what time or another
    fact brought about, or `system:<id>` for what an agency's system handed in."""

    NAME: ClassVar[str]
    VERSION: ClassVar[int]
    SERVICE: ClassVar[str]

    at: Moment
    by: Author


class EventRef(Value):
    """Points at a fact in a log: how a score or a publication names its evidence."""

    log: str
    id: UUID
    type: str
    at: Moment  # when the fact was decided, so that who sees only the reference can say so


class Sealed(Value):
    """Personal data under a person's own key (AES-256-GCM). Opens only while the key exists."""

    person: Id
    nonce: str
    box: str


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    version: int
    service: str
    model: type[Event]


REGISTRY: dict[str, Kind] = {}  # the newest version of each; older ones are lifted to it on read

E = TypeVar("E", bound=Event)


def event(version: int, service: str) -> Callable[[type[E]], type[E]]:
    """Enter an event class into the table under its own name."""

    def enter(model: type[E]) -> type[E]:
        model.NAME, model.VERSION, model.SERVICE = model.__name__, version, service
        REGISTRY[model.__name__] = Kind(model.__name__, version, service, model)
        return model

    return enter


_TYPED = "typed"  # kept beside a record's fields, as a cached property would be, so that it is made once


def known(record: Record) -> None:
    """Raises UnknownVersion for an event of a kind or a version that this program doesn't know. Its data isn't read."""
    kind = REGISTRY.get(record.name)
    if kind is None or not liftable(record.name, record.version, kind.version):
        raise UnknownVersion(record.type)


def only(record: Record, model: type[E]) -> E | None:
    """The typed event, if it is one of that kind. Others are not read."""
    if record.name != model.NAME:
        return None
    event = decode(record)
    assert isinstance(event, model)
    return event


def decode(record: Record) -> Event:
    """The typed event in a record, in its newest version. Raises UnknownVersion: an unknown one is never guessed."""
    typed: Event | None = record.__dict__.get(_TYPED)
    if typed is None:
        kind = REGISTRY.get(record.name)
        if kind is None:
            raise UnknownVersion(record.type)
        typed = record.__dict__[_TYPED] = kind.model.model_validate(lifted(record, kind.version))
    return typed
