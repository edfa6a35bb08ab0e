"""How a delegation's stream is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.delegations.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

DELEGATION: Aggregate[State] = Aggregate(None, evolve, decode)


def delegation_stream(delegation_id: str) -> str:
    return f"delegation-{delegation_id}"
