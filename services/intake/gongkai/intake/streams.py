"""How this service's streams are folded, and what they are called."""

from gongkai.contracts.events import decode
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
CALENDAR_STREAM = "calendar-cn"  # one for all years: they have no gap between them

APPLICANT: Aggregate[applicant.State] = Aggregate(None, applicant.evolve, decode)


def unit_stream(unit_id: str) -> str:
    return f"unit-{unit_id}"


def system_stream(system_id: str) -> str:
    return f"system-{system_id}"


def delegation_stream(delegation_id: str) -> str:
    return f"delegation-{delegation_id}"


def document_stream(document_id: str) -> str:
    return f"document-{document_id}"


def application_stream(application_id: str) -> str:
    return f"application-{application_id}"


def applicant_stream(person: str) -> str:
    return f"applicant-{person}"
