"""The record: a CloudEvents 1.0 event in JSON, serialised once in its life; every copy is the same bytes.

Position, commit time and trace context stand beside the record, never in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from gongkai.contracts.derived_ids import derived_id
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

    specversion: Annotated[
        Literal["1.0"], Field(description="CloudEvents 的版本 · version of CloudEvents")
    ] = "1.0"
    id: UUID
    source: Annotated[str, Field(description="所属服务 · /gongkai/<service>")]
    type: Annotated[str, Field(description="事件与版本 · gongkai.<Event>.v<version>")]
    subject: Annotated[str, Field(description="所在的流 · the stream")]
    time: Annotated[datetime, Field(description="作出决定的时刻（UTC） · the moment that decided it, UTC")]
    datacontenttype: Annotated[
        Literal["application/json"], Field(description="data 的媒体类型 · media type of data")
    ] = "application/json"
    streamversion: Annotated[
        int, Field(description="流在此事件后的版本，从 1 起 · version of the stream after it")
    ]
    commandid: Annotated[UUID, Field(description="所出自的命令 · the command that it came from")]
    cause: Annotated[
        str | None, Field(description="起因记录的坐标 · place of the record that it follows from")
    ] = None
    registerat: Annotated[
        str | None, Field(description="名录位置 · place of the last register entry that was known")
    ] = None
    data: Annotated[dict[str, Any], Field(description="事件本身 · the event itself")]

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


def event_id(command: UUID, index: int) -> UUID:
    """The id of a command's event, by its index in the command, from 0: the same command makes the same events."""
    return derived_id(command, f"event/{index}")


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
    """Event id and the record's bytes."""
    own_id = event_id(command, index)
    record: dict[
        str, Any
    ] = {  # in the order of Record's fields: its bytes are made here, once, and in one go
        "specversion": "1.0",
        "id": own_id,
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
    return own_id, raw


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
