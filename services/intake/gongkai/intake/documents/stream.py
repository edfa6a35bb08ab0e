"""How a document's stream is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.documents.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

DOCUMENT: Aggregate[State] = Aggregate(None, evolve, decode)
