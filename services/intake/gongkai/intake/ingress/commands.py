"""Which command of intake an event is: one class for each type, with what it needs to be decided.

What a batch of them has looked up already is in its `BatchContext` (`context.py`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from gongkai.contracts.derived_ids import derived_id
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import Event
from gongkai.contracts.ingress import ANSWERED, DRAFTED, RECEIVED, AnsweredData, DraftedData, ReceivedData
from gongkai.contracts.streams import application_stream, document_stream
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.receipts import SANDBOX_CODE, code_digest, code_of, receipt_of
from gongkai.intake.applications.sealing import sealed
from gongkai.intake.applications.stream import APPLICATION
from gongkai.intake.documents import aggregate as document
from gongkai.intake.documents.refusals import no_such_text
from gongkai.intake.documents.releases import ended_release
from gongkai.intake.documents.stream import DOCUMENT
from gongkai.intake.documents.texts import check_words
from gongkai.intake.ingress import problems, refusals
from gongkai.intake.ingress.context import BatchContext
from gongkai.intake.ingress.envelope import IngressEvent
from gongkai.intake.units.rules import require_addressee
from gongkai.ledger.streams import Aggregate

M = TypeVar("M", bound=BaseModel)


class IngressCommand(Protocol):
    """One event's command. `made` is the id of the document or application that it is about.

    `decide` raises Refused and BadInput, with fields as the command's body has them.
    """

    aggregate: ClassVar[Aggregate[Any]]
    stream: str
    made: str
    receipt: str | None

    async def decide(self, state: Any, context: BatchContext) -> Sequence[Event]: ...


@dataclass(slots=True)
class DraftCommand:
    """A draft, with its text or with the digest of one."""

    aggregate: ClassVar[Aggregate[Any]] = DOCUMENT
    data: DraftedData
    made: str
    stream: str
    content: bytes | None = None
    digest: str = ""
    receipt: str | None = None

    @classmethod
    def of(cls, data: dict[str, Any], command_id: UUID) -> "DraftCommand":
        draft = _validated(DraftedData, data)
        if (draft.text is None) == (draft.digest is None):
            raise refusals.no_text()
        made = draft.document or derived_id(command_id, "document").hex
        if draft.text is None:
            return cls(draft, made, document_stream(made), None, str(draft.digest))
        check_words(draft.text, "/text")
        content = draft.text.encode()
        return cls(draft, made, document_stream(made), content, hashlib.sha256(content).hexdigest())

    async def decide(self, state: document.State, context: BatchContext) -> Sequence[Event]:
        draft = self.data
        await context.require_existing(draft.unit)
        await context.require_right(DRAFTED, draft.unit)
        for index, need in enumerate(draft.consult):
            await context.require_existing(need.unit, f"/consult/{index}/unit")
        if self.content is not None:
            text: tuple[str, int] | None = (draft.media_type, len(self.content))
        else:
            text = context.texts.get(self.digest)
        if text is None:
            raise no_such_text()
        media_type, size = text
        fields = {name: getattr(draft, name) for name in _DRAFT_FIELDS}
        cmd = document.Draft(
            **fields,
            document=self.made,
            digest=self.digest,
            media_type=media_type,
            size=size,
            carries_on=context.predecessors(draft.unit),
            ended=await ended_release(context.deps.pool, state),
            by=context.who.person,
        )
        return document.draft(state, cmd, context.rules(draft.unit), context.now)


_DRAFT_FIELDS = (
    "unit",
    "title",
    "number",
    "category",
    "attribute",
    "reason",
    "summary",
    "formed_on",
    "consult",
)


@dataclass(slots=True)
class ReceiveCommand:
    """An application that came in at the agency."""

    aggregate: ClassVar[Aggregate[Any]] = APPLICATION
    data: ReceivedData
    made: str
    stream: str
    receipt: str | None = field(default=None)

    @classmethod
    def of(cls, data: dict[str, Any], command_id: UUID) -> "ReceiveCommand":
        received = _validated(ReceivedData, data)
        for name in ("applicant", "request"):
            if getattr(received, name) is None:
                raise problems.missing(name)
        made = received.application or derived_id(command_id, "application").hex
        return cls(received, made, application_stream(made))

    @property
    def person(self) -> str:
        """Who the applicant is, as the database of keys identifies persons."""
        assert self.data.applicant is not None
        return f"{self.data.applicant.id_kind}/{self.data.applicant.id_number}"

    async def decide(self, state: application.State, context: BatchContext) -> Sequence[Event]:
        received = self.data
        assert received.applicant is not None
        assert received.request is not None
        await context.unit(received.unit)
        await context.require_right(RECEIVED, received.unit)
        day = received.received_on or context.today
        require_addressee(context.register, received.unit, day)
        person, key = await context.person(self.person)
        self.receipt = receipt_of(day, "practice" if context.sandbox else self.made)
        code = SANDBOX_CODE if context.sandbox else await code_of(context.keys, self.made, received.unit)
        cmd = application.Receive(
            application=self.made,
            receipt=self.receipt,
            unit=received.unit,
            channel=received.channel,
            applicant=sealed(person, key, received.applicant.model_dump(), f"{self.stream}/applicant"),
            request=sealed(person, key, received.request.model_dump(), f"{self.stream}/request"),
            received_on=received.received_on,
            code_digest=await code_digest(context.keys, self.receipt, code),
            by=context.who.person,
        )
        return application.receive(state, cmd, context.rules(received.unit), context.now)


@dataclass(slots=True)
class AnswerCommand:
    """The one answer to an application."""

    aggregate: ClassVar[Aggregate[Any]] = APPLICATION
    data: AnsweredData
    made: str
    stream: str
    receipt: str | None = None

    @classmethod
    def of(cls, data: dict[str, Any], command_id: UUID) -> "AnswerCommand":
        answer = _validated(AnsweredData, data)
        if answer.text is None:
            raise problems.missing("text")
        return cls(answer, answer.application, application_stream(answer.application))

    async def decide(self, state: application.State, context: BatchContext) -> Sequence[Event]:
        if state is None:
            raise refusals.no_application()
        received = state.received
        await context.require_right(ANSWERED, received.unit, refusals.no_application)
        assert self.data.text is not None
        letter = await context.letter(state, self.data.text, f"{self.stream}/letter")
        cmd = application.Answer(self.data.kind, letter, self.data.grounds, context.who.person)
        await context.unit(received.unit)
        rules = context.rules(received.unit, received.at)
        return application.answer(state, cmd, rules, context.now)


_BY_TYPE: dict[str, Any] = {DRAFTED: DraftCommand, RECEIVED: ReceiveCommand, ANSWERED: AnswerCommand}


def command_of(event: IngressEvent, command_id: UUID) -> Any:
    """The command that the event is. Raises BadInput for an unknown type, or data that isn't of its form."""
    kind = _BY_TYPE.get(event.type)
    if kind is None:
        raise refusals.unknown_type()
    return kind.of(event.data, command_id)


def _validated(model: type[M], data: dict[str, Any]) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise problems.malformed(error.errors(include_url=False, include_input=False), "/data") from None


def with_event_field(error: Refused | BadInput) -> Refused | BadInput:
    """The same error; its field as a pointer into the event, whose data is below /data."""
    if error.field not in (None, "/type") and not str(error.field).startswith("/data/"):
        error.field = f"/data{error.field}"
    return error
