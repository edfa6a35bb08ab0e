"""The record: a CloudEvents 1.0 event in JSON, serialised once in its life; every copy is the same bytes.

Position, commit time and trace context stand beside the record, never in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Protocol
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from gongkai.contracts.errors import UnknownVersion

MAX_RECORD = 65_535  # bytes: what an entry of a tlog tile can hold (C2SP tlog-tiles)

UNREADABLE = "unreadable"  # an envelope that a newer program made

_TYPE = re.compile(r"^gongkai\.([A-Za-z]+)\.v([0-9]+)$")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a record stands: log, partition of the log's topic, position in the log (from 0)."""

    log: str
    partition: int
    position: int

    def __str__(self) -> str:
        return f"{self.log}/{self.partition}/{self.position}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        log, partition, position = text.rsplit("/", 2)
        return cls(log, int(partition), int(position))


class TooLarge(ValueError):
    """The event makes a record that no tile could hold. Long texts belong in the content store."""


class Fact(Protocol):
    """What can be put in a record: any event of `contracts.events`."""

    NAME: ClassVar[str]
    VERSION: ClassVar[int]
    SERVICE: ClassVar[str]

    @property
    def at(self) -> datetime: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class Record(BaseModel):
    """CloudEvents 1.0, structured mode, with the extensions `streamversion`, `commandid`, `cause`, `registerat`."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Annotated[str, Field(description="/gongkai/<service>")]
    type: Annotated[str, Field(description="gongkai.<Event>.v<version>")]
    subject: Annotated[str, Field(description="the stream")]
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    streamversion: Annotated[int, Field(description="version of the stream after this event, from 1")]
    commandid: UUID
    cause: Annotated[str | None, Field(description="place of the record that this one follows from")] = None
    registerat: Annotated[
        str | None, Field(description="place of the last register entry that was known")
    ] = None
    data: dict[str, Any]

    @property
    def name(self) -> str:
        return _named(self.type)[0]

    @property
    def version(self) -> int:
        return _named(self.type)[1]


@lru_cache(maxsize=256)
def _named(kind: str) -> tuple[str, int]:
    match = _TYPE.match(kind)
    if match is None:
        raise UnknownVersion(kind)
    return match[1], int(match[2])


def seal_record(
    event: Fact,
    *,
    stream: str,
    version: int,
    command: UUID,
    index: int,
    cause: Place | None = None,
    registerat: Place | None = None,
) -> tuple[UUID, bytes]:
    """Event id and the record's bytes. The id follows from the command and the event's index in it,
    so the same command said twice makes the same events."""
    event_id = uuid5(command, f"event/{index}")
    record: dict[
        str, Any
    ] = {  # in the order of Record's fields: its bytes are made here, once, and in one go
        "specversion": "1.0",
        "id": event_id,
        "source": f"/gongkai/{event.SERVICE}",
        "type": f"gongkai.{event.NAME}.v{event.VERSION}",
        "subject": stream,
        "time": event.at.astimezone(UTC),
        "datacontenttype": "application/json",
        "streamversion": version,
        "commandid": command,
    }
    if cause is not None:
        record["cause"] = str(cause)
    if registerat is not None:
        record["registerat"] = str(registerat)
    record["data"] = event if isinstance(event, BaseModel) else event.model_dump(mode="json")
    raw = to_json(record)
    if len(raw) > MAX_RECORD:
        raise TooLarge(len(raw))
    return event_id, raw


def read_record(raw: bytes) -> Record:
    """Raises ValidationError for an envelope that isn't of this version."""
    return Record.model_validate_json(raw)


def record_in(raw: bytes) -> Record:
    """As `read_record`, for who has more to read than this one: an envelope of another version gives a record that has
    a place and no name. Whoever asks what it says is stopped there.
    """
    try:
        return read_record(raw)
    except ValidationError:
        return Record.model_construct(
            id=UUID(int=0),
            source="",
            type=UNREADABLE,
            subject="",
            time=datetime.min.replace(tzinfo=UTC),
            streamversion=0,
            commandid=UUID(int=0),
            data={},
        )
