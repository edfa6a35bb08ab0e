"""Bodies of intake's commands, the same from a form, an API client and an agency's system."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gongkai.contracts.events import ConsultationNeed, Digest, Id, InputLine, InputText
from gongkai.contracts.vocabulary import AnswerKind, Category, Channel


class SaidNeed(ConsultationNeed):
    """As it comes in: stricter than as it is stored."""

    matters: InputLine
    opinion: InputLine


def _need(said: SaidNeed) -> Any:
    return ConsultationNeed(**dict(said))


class DraftFields(BaseModel):
    """The fields of a draft, apart from its text."""

    model_config = ConfigDict(extra="forbid")

    document: Id | None = None
    unit: Id
    title: InputLine
    number: InputLine | None = None
    category: Category = Category.OFFICIAL_DOCUMENT
    attribute: Annotated[str | None, Field(description="code of 公开属性")] = None
    reason: InputText = ""
    summary: InputText = ""
    formed_on: date
    consult: tuple[Annotated[SaidNeed, AfterValidator(_need)], ...] = ()


class Draft(DraftFields):
    """A draft with its disclosure attribute. The same document id again is a new version."""

    digest: Digest


class Applicant(BaseModel):
    """条例第二十九条(一): name, proof of identity, contact. Nothing else is mandatory."""

    model_config = ConfigDict(extra="forbid")

    name: InputLine
    id_kind: InputLine = "身份证"
    id_number: InputLine
    contact: InputLine
    address: InputText = ""


class Wanted(BaseModel):
    """条例第二十九条(二)(三): what is asked for, in which form, by which way."""

    model_config = ConfigDict(extra="forbid")

    description: Annotated[InputText, Field(min_length=1)]
    form: InputLine = "电子"
    delivery: InputLine = "网上查询"


class ApplicationFields(BaseModel):
    """The fields of an application that aren't personal data."""

    model_config = ConfigDict(extra="forbid")

    application: Id | None = None
    unit: Id
    channel: Channel = Channel.ONLINE
    received_on: date | None = None


class Application(ApplicationFields):
    """An application with whose it is and what it asks for."""

    applicant: Applicant
    request: Wanted


class AnswerFields(BaseModel):
    """The fields of an answer that aren't personal data."""

    model_config = ConfigDict(extra="forbid")

    kind: AnswerKind
    grounds: tuple[str, ...] = ()


Letter = Annotated[InputText, Field(min_length=1)]


class Answer(AnswerFields):
    """The one answer, with its letter."""

    text: Letter
