"""How a document's stream is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.documents.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

DOCUMENT: Aggregate[State] = Aggregate(None, evolve, decode)


def document_stream(document_id: str) -> str:
    return f"document-{document_id}"
