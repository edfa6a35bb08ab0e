"""What the streams of all services are called. A stream holds one aggregate's events; its name is their records' subject."""

from hashlib import sha256
from typing import Final

from gongkai.contracts.events import Digest, Id
from gongkai.contracts.vocabulary import ConsultationKind

CALENDAR_STREAM: Final = "calendar-cn"  # one for all years: a calendar has no gap between them


def unit_stream(unit: Id) -> str:
    return f"unit-{unit}"


def system_stream(system: Id) -> str:
    return f"system-{system}"


def delegation_stream(delegation: Id) -> str:
    return f"delegation-{delegation}"


def document_stream(document: Id) -> str:
    """Intake's: the drafts of one document."""
    return f"document-{document}"


def application_stream(application: Id) -> str:
    return f"application-{application}"


def applicant_stream(person: Id) -> str:
    return f"applicant-{person}"


def review_stream(document: Id) -> str:
    """Review's: the secrecy reviews of one document."""
    return f"review-{document}"


def consultation_stream(consultation: Id) -> str:
    return f"consultation-{consultation}"


def consultation_id(document: Id, digest: Digest, asked: Id, kind: ConsultationKind) -> Id:
    """One version, one unit, one matter: one consultation, whoever asks how often."""
    return sha256("\n".join((document, digest, asked, kind)).encode()).hexdigest()[:32]


def release_stream(release: Id) -> str:
    """Review's: whether one release is permitted."""
    return f"release-{release}"


def sign_off_stream(case: str) -> str:
    """Review's: the sign-offs of one case, which is named by its owner's stream."""
    return f"sign-off-{case}"


def publication_stream(document: Id) -> str:
    """Publishing's: the releases of one document."""
    return f"publication-{document}"


def score_stream(unit: Id, year: int) -> str:
    return f"score-{unit}-{year}"
