"""The record: a CloudEvents 1.0 event in JSON, serialised once in its life; every copy is the same bytes.

Position, commit time and trace context stand beside the record, never in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, Protocol
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

MAX_RECORD = 65_535  # bytes: what an entry of a tlog tile can hold (C2SP tlog-tiles)

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
    _typed: Any = PrivateAttr(default=None)  # what `events.decode` made of it, so that it is made once

    @property
    def name(self) -> str:
        return self._named()[0]

    @property
    def version(self) -> int:
        return self._named()[1]

    def _named(self) -> tuple[str, int]:
        match = _TYPE.match(self.type)
        if match is None:
            raise ValueError(f"not a type of this system: {self.type}")
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
    record = Record(
        id=event_id,
        source=f"/gongkai/{event.SERVICE}",
        type=f"gongkai.{event.NAME}.v{event.VERSION}",
        subject=stream,
        time=event.at.astimezone(UTC),
        streamversion=version,
        commandid=command,
        cause=None if cause is None else str(cause),
        registerat=None if registerat is None else str(registerat),
        data=event.model_dump(mode="json"),
    )
    raw = record.model_dump_json(exclude_none=True).encode()
    if len(raw) > MAX_RECORD:
        raise TooLarge(len(raw))
    return event_id, raw


def read_record(raw: bytes) -> Record:
    return Record.model_validate_json(raw)
