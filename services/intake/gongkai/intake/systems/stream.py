"""How an agency system's stream is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.systems.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

AGENCY_SYSTEM: Aggregate[State] = Aggregate(None, evolve, decode)
