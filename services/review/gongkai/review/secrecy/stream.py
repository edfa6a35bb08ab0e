"""How a document's stream of secrecy reviews is folded."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.ledger.streams import Aggregate
from gongkai.review.secrecy.aggregate import State, evolve

REVIEW: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
