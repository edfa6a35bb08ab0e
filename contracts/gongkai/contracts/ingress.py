"""报送: what an agency's system hands in, as CloudEvents 1.0, and what it is told about each.

What is handed in is a command in the shape of an event: it is decided as a person's would be, and may be refused.
"""

import re
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from gongkai.contracts.commands import (
    AnswerFields,
    Applicant,
    ApplicationFields,
    DraftFields,
    Letter,
    Wanted,
)
from gongkai.contracts.events import Digest, Id
from gongkai.contracts.problem import Problem

DRAFTED: Final = "gongkai.ingress.document.drafted"
RECEIVED: Final = "gongkai.ingress.application.received"
ANSWERED: Final = "gongkai.ingress.application.answered"

ONE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

MOST: Final = 1_000  # events in a batch
LARGEST: Final = 4 * 1024 * 1024  # bytes of a request's body
LARGEST_EVENT: Final = 256 * 1024  # bytes of one event's data; longer texts are uploaded first (POST /texts)
DEEPEST: Final = 16  # objects and lists within each other
AHEAD: Final = timedelta(minutes=5)  # that a clock may be fast
EXTENSIONS: Final = 16  # attributes of an event's own, which are looked at no further

_NAME: Final = (
    r"^[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+$"  # nothing that can't be seen
)
_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _rfc3339(said: object) -> object:
    if not isinstance(said, str) or not _RFC3339.fullmatch(said):
        raise PydanticCustomError(
            "rfc3339", "应为 RFC 3339 时间，含时区 · must be an RFC 3339 time with its offset"
        )
    return said


class CloudEvent(BaseModel):
    """The envelope. `source` and `id` together name the event: said again, it counts once."""

    model_config = ConfigDict(frozen=True, extra="allow")

    specversion: Literal["1.0"]
    id: Annotated[str, StringConstraints(max_length=128, pattern=_NAME)]
    source: Annotated[str, StringConstraints(max_length=256, pattern=_NAME)]
    type: Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]
    time: Annotated[AwareDatetime, BeforeValidator(_rfc3339)] | None = None
    datacontenttype: Annotated[str, StringConstraints(max_length=128)] | None = None
    dataschema: Annotated[str, StringConstraints(max_length=256, pattern=_NAME)] | None = None
    subject: Annotated[str, StringConstraints(max_length=256, pattern=_LINE)] | None = None
    data: Any = None
    data_base64: str | None = None


class DraftedData(DraftFields):
    """A draft, or a new version of it: with its text, or with the digest of one that was uploaded before."""

    text: Annotated[str | None, Field(description="the text itself")] = None
    media_type: Literal["text/plain", "text/markdown"] = "text/plain"
    digest: Digest | None = None


class ReceivedData(ApplicationFields):
    """An application that came in at the agency: a letter, a fax, a visit, a call, its own web form."""

    applicant: Applicant | None = None
    request: Wanted | None = None
    sealed: Annotated[
        str | None, Field(description="JWE of {source, id, applicant, request}; on Kafka the only way")
    ] = None


class AnsweredData(AnswerFields):
    """The one answer to an application."""

    application: Id
    text: Letter | None = None
    sealed: Annotated[str | None, Field(description="JWE of {source, id, text}; on Kafka the only way")] = (
        None
    )


DATA: Final[dict[str, type[BaseModel]]] = {
    DRAFTED: DraftedData,
    RECEIVED: ReceivedData,
    ANSWERED: AnsweredData,
}

PERSONAL: Final = ("applicant", "request", "text")
"""Fields of RECEIVED and ANSWERED that are sealed on Kafka, and left out of what is kept of a refused event."""


class Result(BaseModel):
    """What became of one event."""

    source: str | None
    id: str | None
    state: Literal["accepted", "duplicate", "refused"]
    status: int
    made: Annotated[str | None, Field(description="id of the document or application")] = None
    place: Annotated[str | None, Field(description="of the last record in the log")] = None
    receipt: Annotated[str | None, Field(description="受理编号, what the applicant quotes")] = None
    code: Annotated[str | None, Field(description="查询码, for the applicant alone; never on Kafka")] = None
    problem: Problem | None = None
    practice: bool = False
