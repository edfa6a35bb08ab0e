"""How a consultation's stream is folded."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.ledger.streams import Aggregate
from gongkai.review.consultation.aggregate import State, evolve

CONSULTATION: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
