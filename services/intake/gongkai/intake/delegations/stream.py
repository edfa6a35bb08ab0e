"""How a delegation's stream is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.delegations.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

DELEGATION: Aggregate[State] = Aggregate(None, evolve, decode)
