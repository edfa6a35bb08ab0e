"""How a unit's stream is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.units.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

UNIT: Aggregate[State] = Aggregate(None, evolve, decode)


def unit_stream(unit_id: str) -> str:
    return f"unit-{unit_id}"
