"""The bodies of the register's requests and responses, and what the public sees of them."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as WrongNumber

from gongkai.contracts.addressees import addressee, takes_applications
from gongkai.contracts.events import Assignment, DisclosureBody, Id, InputLine, Officer, Successor
from gongkai.contracts.register import Register
from gongkai.contracts.unit_entry import UnitEntry
from gongkai.contracts.vocabulary import Reorganisation


def _as(kind: type[BaseModel]) -> AfterValidator:
    """What came in under stricter rules, as it is stored."""
    return AfterValidator(lambda body: kind(**dict(body)))


def _social_credit(code: str) -> str:
    """GB 32100-2015: 18 signs, the last of which follows from the others."""
    try:
        return str(uscc.validate(code))
    except WrongNumber:
        says = "统一社会信用代码有误 · not a unified social credit code"
        raise PydanticCustomError("social-credit-code", says) from None


class SaidOfficer(Officer):
    name: InputLine


class SaidBody(DisclosureBody):
    name: InputLine
    address: InputLine | None = None
    hours: InputLine | None = None
    phone: InputLine | None = None


class SaidAssignment(Assignment):
    section: InputLine


class SaidSuccessor(Successor):
    scope: InputLine | None = None


class SaidEntry(UnitEntry):
    """A unit's entry as it comes in."""

    name: InputLine
    officers: tuple[Annotated[SaidOfficer, _as(Officer)], ...] = ()
    code: Annotated[InputLine, AfterValidator(_social_credit)] | None = None
    section: InputLine | None = None
    body: Annotated[SaidBody, _as(DisclosureBody)] | None = None
    assignments: tuple[Annotated[SaidAssignment, _as(Assignment)], ...] = ()


class UnitShown(UnitEntry):
    """A unit in the register. `apply_to`: who is to be applied to for its information, itself or another unit."""

    takes_applications: bool
    apply_to: Id | None
    ended_on: date | None = None  # the first day without it


class Ending(BaseModel):
    """How a unit ends, from which day on, and who takes over."""

    model_config = ConfigDict(extra="forbid")

    kind: Reorganisation
    on: date
    successors: tuple[Annotated[SaidSuccessor, _as(Successor)], ...] = ()
    decided_by: Id | None = None
    basis: InputLine | None = None


class OwnerShown(BaseModel):
    """Who owes what the unit owes. `path`: by which ended units it came there."""

    unit: Id
    name: str
    scope: str | None
    path: list[Id]


class StepShown(BaseModel):
    unit: Id
    name: str
    line: str


class CommonShown(BaseModel):
    """共同的上一级行政机关 of two units, and the way there from either."""

    unit: Id
    name: str
    ways: list[list[StepShown]]


class GapShown(BaseModel):
    unit: Id
    code: str
    clause: str
    zh: str
    en: str


def unit_shown(register: Register, unit_id: str, *, public: bool) -> UnitShown:
    """A unit as it is or was last; to the public without its officers."""
    entry, ending = register.unit(unit_id), register.ended(unit_id)
    assert entry is not None
    fields: dict[str, Any] = dict(UnitEntry(**entry.model_dump(exclude={"at", "by"})))
    if public:
        body = entry.body.model_copy(update={"officer": None}) if entry.body else None
        fields |= {"officers": (), "body": body}
    return UnitShown(
        **fields,
        takes_applications=ending is None and takes_applications(entry),
        apply_to=addressee(register, unit_id),
        ended_on=ending.on if ending else None,
    )
