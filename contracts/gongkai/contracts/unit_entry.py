"""The input model of a unit's entry in the register: over the API, from a file, from a form (SC-1.1, SC-1.3, SC-A1.2)."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from gongkai.contracts.events import Assignment, DisclosureBody, Id, Line, Officer
from gongkai.contracts.vocabulary import Level, Management, StandingRole, UnitKind


class UnitEntry(BaseModel):
    """A unit for the register, as a whole. `effective_on`: from which day it holds, the day of entry without one."""

    model_config = ConfigDict(extra="forbid")

    unit: Id
    name: Line
    kind: UnitKind
    jurisdiction: Id
    government: Id | None = None
    superior: Id | None = None
    roles: tuple[StandingRole, ...] = ()
    officers: tuple[Officer, ...] = ()
    effective_on: date | None = None
    level: Level | None = None
    managed: Management = Management.LOCAL
    code: Line | None = None
    section: Line | None = None
    body: DisclosureBody | None = None
    assignments: tuple[Assignment, ...] = ()
    own_name: bool | None = None
