"""How this service's streams are folded."""

from gongkai.contracts.events import decode
from gongkai.contracts.streams import (
    CALENDAR_STREAM,
    applicant_stream,
    application_stream,
    delegation_stream,
    document_stream,
    system_stream,
    unit_stream,
)
from gongkai.intake.applicants import aggregate as applicant
from gongkai.intake.applications import aggregate as application
from gongkai.intake.calendar import aggregate as holidays
from gongkai.intake.delegations import aggregate as delegation
from gongkai.intake.documents import aggregate as document
from gongkai.intake.systems import aggregate as agency_system
from gongkai.intake.units import aggregate as unit
from gongkai.ledger.decider import Aggregate

UNIT: Aggregate[unit.State] = Aggregate(None, unit.evolve, decode)
AGENCY_SYSTEM: Aggregate[agency_system.State] = Aggregate(None, agency_system.evolve, decode)
DELEGATION: Aggregate[delegation.State] = Aggregate(None, delegation.evolve, decode)
DOCUMENT: Aggregate[document.State] = Aggregate(None, document.evolve, decode)
APPLICATION: Aggregate[application.State] = Aggregate(None, application.evolve, decode)

HOLIDAYS: Aggregate[holidays.State] = Aggregate(None, holidays.evolve, decode)

APPLICANT: Aggregate[applicant.State] = Aggregate(None, applicant.evolve, decode)

__all__ = [
    "AGENCY_SYSTEM",
    "APPLICANT",
    "APPLICATION",
    "CALENDAR_STREAM",
    "DELEGATION",
    "DOCUMENT",
    "HOLIDAYS",
    "UNIT",
    "applicant_stream",
    "application_stream",
    "delegation_stream",
    "document_stream",
    "system_stream",
    "unit_stream",
]
