"""What can be handed in, one class each: which command of intake it is, and what that needs to be decided.

The desk (`desk.py`) holds what a batch of them has looked up already.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from gongkai.contracts.derived import derived
from gongkai.contracts.errors import BadInput, Refused
from gongkai.contracts.events import Event
from gongkai.contracts.ingress import ANSWERED, DRAFTED, RECEIVED, AnsweredData, DraftedData, ReceivedData
from gongkai.intake.applications import aggregate as application
from gongkai.intake.applications.receipts import PRACTICE_CODE, code_digest, code_of, receipt_of
from gongkai.intake.applications.sealing import sealed
from gongkai.intake.applications.stream import APPLICATION, application_stream
from gongkai.intake.documents import aggregate as document
from gongkai.intake.documents.stream import DOCUMENT, document_stream
from gongkai.intake.documents.texts import check_words, no_such_text
from gongkai.intake.ingress import input_errors, refusals
from gongkai.intake.ingress.context import Desk
from gongkai.intake.ingress.envelope import Handed
from gongkai.intake.units.rules import can_be_applied_to
from gongkai.ledger.decider import Aggregate

M = TypeVar("M", bound=BaseModel)


class Matter(Protocol):
    """One event's command. `decide` raises Refused and BadInput, with fields as the command's body has them."""

    aggregate: ClassVar[Aggregate[Any]]
    stream: str
    made: str
    receipt: str | None

    async def decide(self, state: Any, desk: Desk) -> Sequence[Event]: ...


@dataclass(slots=True)
class Drafted:
    """A draft, with its text or with the digest of one."""

    aggregate: ClassVar[Aggregate[Any]] = DOCUMENT
    said: DraftedData
    made: str
    stream: str
    content: bytes | None = None
    digest: str = ""
    receipt: str | None = None

    @classmethod
    def of(cls, data: dict[str, Any], command: UUID) -> "Drafted":
        said = _checked(DraftedData, data)
        if (said.text is None) == (said.digest is None):
            raise refusals.no_text()
        made = said.document or derived(command, "document").hex
        if said.text is None:
            return cls(said, made, document_stream(made), None, str(said.digest))
        check_words(said.text, "/text")
        content = said.text.encode()
        return cls(said, made, document_stream(made), content, hashlib.sha256(content).hexdigest())

    async def decide(self, state: document.State, desk: Desk) -> Sequence[Event]:
        said = self.said
        await desk.standing(said.unit)
        await desk.may(DRAFTED, said.unit)
        for index, need in enumerate(said.consult):
            await desk.standing(need.unit, f"/consult/{index}/unit")
        if self.content is not None:
            text: tuple[str, int] | None = (said.media_type, len(self.content))
        else:
            text = desk.texts.get(self.digest)
        if text is None:
            raise no_such_text()
        media_type, size = text
        words = {name: getattr(said, name) for name in _DRAFT}
        cmd = document.Draft(
            **words,
            document=self.made,
            digest=self.digest,
            media_type=media_type,
            size=size,
            carries_on=desk.carries_on(said.unit),
            by=desk.who.person,
        )
        return document.draft(state, cmd, desk.rules(said.unit), desk.now)


_DRAFT = ("unit", "title", "number", "category", "attribute", "reason", "summary", "formed_on", "consult")


@dataclass(slots=True)
class Received:
    """An application that came in at the agency. `identity` is by whom, as the keys know persons."""

    aggregate: ClassVar[Aggregate[Any]] = APPLICATION
    said: ReceivedData
    made: str
    stream: str
    receipt: str | None = field(default=None)

    @classmethod
    def of(cls, data: dict[str, Any], command: UUID) -> "Received":
        said = _checked(ReceivedData, data)
        for name in ("applicant", "request"):
            if getattr(said, name) is None:
                raise refusals.missing(name)
        made = said.application or derived(command, "application").hex
        return cls(said, made, application_stream(made))

    @property
    def person(self) -> str:
        """Who the applicant is, as the keys recognise persons."""
        assert self.said.applicant is not None
        return f"{self.said.applicant.id_kind}/{self.said.applicant.id_number}"

    async def decide(self, state: application.State, desk: Desk) -> Sequence[Event]:
        said = self.said
        assert said.applicant is not None
        assert said.request is not None
        await desk.unit(said.unit)
        await desk.may(RECEIVED, said.unit)
        can_be_applied_to(desk.register, said.unit, said.received_on or desk.today)
        person, key = await desk.person(self.person)
        self.receipt = receipt_of(said.received_on or desk.today, "practice" if desk.practice else self.made)
        code = PRACTICE_CODE if desk.practice else await code_of(desk.keys, self.made, said.unit)
        cmd = application.Receive(
            application=self.made,
            receipt=self.receipt,
            unit=said.unit,
            channel=said.channel,
            applicant=sealed(person, key, said.applicant.model_dump(), f"{self.stream}/applicant"),
            request=sealed(person, key, said.request.model_dump(), f"{self.stream}/request"),
            received_on=said.received_on,
            code_digest=await code_digest(desk.keys, self.receipt, code),
            by=desk.who.person,
        )
        return application.receive(state, cmd, desk.rules(said.unit), desk.now)


@dataclass(slots=True)
class Answered:
    """The one answer to an application."""

    aggregate: ClassVar[Aggregate[Any]] = APPLICATION
    said: AnsweredData
    made: str
    stream: str
    receipt: str | None = None

    @classmethod
    def of(cls, data: dict[str, Any], command: UUID) -> "Answered":
        said = _checked(AnsweredData, data)
        if said.text is None:
            raise refusals.missing("text")
        return cls(said, said.application, application_stream(said.application))

    async def decide(self, state: application.State, desk: Desk) -> Sequence[Event]:
        if state is None:
            raise refusals.no_application()
        received = state.received
        await desk.may(ANSWERED, received.unit, refusals.no_application)
        assert self.said.text is not None
        letter = await desk.letter(state, self.said.text, f"{self.stream}/letter")
        cmd = application.Answer(self.said.kind, letter, self.said.grounds, desk.who.person)
        await desk.unit(received.unit)
        return application.answer(state, cmd, desk.rules(received.unit, received.at), desk.now)


_KINDS: dict[str, Any] = {DRAFTED: Drafted, RECEIVED: Received, ANSWERED: Answered}


def matter_of(handed: Handed, command: UUID) -> Any:
    """What the event asks for. Raises BadInput for an unknown type, or data that isn't of its form."""
    kind = _KINDS.get(handed.type)
    if kind is None:
        raise refusals.unknown_type()
    return kind.of(handed.data, command)


def _checked(model: type[M], data: dict[str, Any]) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise input_errors.malformed(error.errors(include_url=False, include_input=False), "/data") from None


def in_event(error: Refused | BadInput) -> Refused | BadInput:
    """The same, its fields as they stand in the event: below /data."""
    if error.field not in (None, "/type") and not str(error.field).startswith("/data/"):
        error.field = f"/data{error.field}"
    return error
