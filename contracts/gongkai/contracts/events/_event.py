"""The base class of events, their common types, and the registry of all event types."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from gongkai.contracts.clauses import ClauseId
from gongkai.contracts.envelope import Record
from gongkai.contracts.errors import Sentence, UnknownVersion
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
# For input: stricter than what is stored, so that every stored record stays readable.
InputLine = Annotated[Line, AfterValidator(_visible_line)]
InputText = Annotated[Text, AfterValidator(_visible_text)]
PersonId = Id
SystemAuthor = Annotated[str, StringConstraints(pattern=r"^system:[a-z0-9][a-z0-9-]{0,79}$")]
Author = PersonId | SystemAuthor  # an agency's system writes as `system:<id>`
SYSTEM: PersonId = "system"


@dataclass(frozen=True, slots=True)
class AuditSentence:
    """What the audit trail says of one event: a sentence in both languages, a note below it, and how it is coloured."""

    zh: str
    en: str
    note: str = ""
    mood: str = ""  # "late", "done", or neither


@dataclass(frozen=True, slots=True)
class RulebookClause:
    """The event happened under the clause of a value of its rulebook: the one that the event names, else the rulebook of
    its jurisdiction, or the national one, on its day.

    `value`: name of the value in the rulebook, `answer`. Where the rulebook has several under that name, `key` is the
    event's field that picks one, and `default` is its key when that field is null, or when there is no such field.
    """

    value: str
    key: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedClause:
    """The event itself names the clause, in that field."""

    field: str


Basis = ClauseId | RulebookClause | RecordedClause


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

    def describe(self) -> AuditSentence:
        """What the audit trail says of it. Nothing sealed and nothing that an applicant wrote belongs in it."""
        raise NotImplementedError(type(self).__name__)


class EventRef(Value):
    """Points at a fact in a log: how a score or a publication names its evidence."""

    log: str
    id: UUID
    type: str
    at: Moment  # when the fact was decided, so that who sees only the reference can say so

    @classmethod
    def of(cls, log: str, record: Record) -> "EventRef":
        """The reference to a record of that log."""
        return cls(log=log, id=record.id, type=record.type, at=record.time)


class Sealed(Value):
    """Personal data under a person's own key (AES-256-GCM). Opens only while the key exists."""

    person: Id
    nonce: str
    box: str


@dataclass(frozen=True, slots=True)
class Kind:
    """An event type as it is registered."""

    name: str
    version: int
    service: str
    model: type[Event]
    title: Sentence
    basis: Basis


REGISTRY: dict[str, Kind] = {}  # the newest version of each; older ones are lifted to it on read

E = TypeVar("E", bound=Event)


def event(version: int, service: str, *, zh: str, en: str, basis: Basis) -> Callable[[type[E]], type[E]]:
    """Register an event class under its own name. Pages, the audit trail and AsyncAPI read from here.

    `zh`, `en`: what the event is called. `basis`: under which clause it happens. TypeError for a class without `describe`.
    """

    def register(model: type[E]) -> type[E]:
        if model.describe is Event.describe:
            raise TypeError(
                f"{model.__name__} doesn't say what the audit trail shows of it: define describe()"
            )
        name = model.__name__
        model.NAME, model.VERSION, model.SERVICE = name, version, service
        REGISTRY[name] = Kind(name, version, service, model, Sentence(zh, en), basis)
        return model

    return register


def title_of(name: str) -> Sentence:
    """What that kind of event is called; its name in code where this program doesn't know it."""
    kind = REGISTRY.get(name)
    return Sentence(name, name) if kind is None else kind.title


_TYPED = "typed"  # kept beside a record's fields, as a cached property would be, so that it is made once


def require_known(record: Record) -> None:
    """Raises UnknownVersion for an event of a kind or a version that this program doesn't know. Its data isn't read."""
    kind = REGISTRY.get(record.name)
    if kind is None or not liftable(record.name, record.version, kind.version):
        raise UnknownVersion(record.type)


def decode_if(record: Record, model: type[E]) -> E | None:
    """The typed event if the record holds one of that type, else None; the data of others isn't decoded."""
    if record.name != model.NAME:
        return None
    event = decode(record)
    assert isinstance(event, model)
    return event


def decode(record: Record) -> Event:
    """The typed event in a record, lifted to its newest version. Raises UnknownVersion for a type or version that this
    program doesn't know."""
    typed: Event | None = record.__dict__.get(_TYPED)
    if typed is None:
        kind = REGISTRY.get(record.name)
        if kind is None:
            raise UnknownVersion(record.type)
        typed = record.__dict__[_TYPED] = kind.model.model_validate(lifted(record, kind.version))
    return typed
