"""How the stream of holiday notices is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.calendar.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

HOLIDAYS: Aggregate[State] = Aggregate(None, evolve, decode)
