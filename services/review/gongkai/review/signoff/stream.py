"""How a case's stream of sign-offs is folded."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.ledger.streams import Aggregate
from gongkai.review.signoff.aggregate import State, evolve

SIGN_OFF: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
