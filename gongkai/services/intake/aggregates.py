"""How this service's streams are folded, and what they are called."""

from gongkai.contracts.events import decode
from gongkai.ledger.decider import Aggregate
from gongkai.services.intake.domain import applicant, application, document, unit

UNIT: Aggregate[unit.State] = Aggregate(None, unit.evolve, decode)
DOCUMENT: Aggregate[document.State] = Aggregate(None, document.evolve, decode)
APPLICATION: Aggregate[application.State] = Aggregate(None, application.evolve, decode)

APPLICANT: Aggregate[applicant.State] = Aggregate(None, applicant.evolve, decode)


def unit_stream(unit_id: str) -> str:
    return f"unit-{unit_id}"


def document_stream(document_id: str) -> str:
    return f"document-{document_id}"


def application_stream(application_id: str) -> str:
    return f"application-{application_id}"


def applicant_stream(person: str) -> str:
    return f"applicant-{person}"
