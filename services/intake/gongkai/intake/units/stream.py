"""How a unit's stream is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.units.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

UNIT: Aggregate[State] = Aggregate(None, evolve, decode)
