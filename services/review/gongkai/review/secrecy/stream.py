"""How this service's streams are folded, and what they are called."""

from gongkai.contracts.events import decode
from gongkai.ledger.decider import Aggregate
from gongkai.review.consultation import aggregate as consultation
from gongkai.review.secrecy import aggregate as secrecy_review

REVIEW: Aggregate[secrecy_review.State] = Aggregate(None, secrecy_review.evolve, decode)
CONSULTATION: Aggregate[consultation.State] = Aggregate(None, consultation.evolve, decode)


def review_stream(document_id: str) -> str:
    return f"review-{document_id}"


def consultation_stream(consultation_id: str) -> str:
    return f"consultation-{consultation_id}"


def document_stream(document_id: str) -> str:
    """Intake's: the drafts of one document."""
    return f"document-{document_id}"
