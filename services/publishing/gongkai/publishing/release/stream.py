"""How this service's streams are folded, and what they are called."""

from gongkai.contracts.events import decode
from gongkai.ledger.decider import Aggregate
from gongkai.publishing.release import aggregate as publication

PUBLICATION: Aggregate[publication.State] = Aggregate(None, publication.evolve, decode)


def publication_stream(document_id: str) -> str:
    return f"publication-{document_id}"


def document_stream(document_id: str) -> str:
    """Intake's: the drafts of one document."""
    return f"document-{document_id}"
