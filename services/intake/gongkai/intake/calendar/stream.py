"""How the stream of holiday notices is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.calendar.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

HOLIDAYS: Aggregate[State] = Aggregate(None, evolve, decode)
CALENDAR_STREAM = "calendar-cn"  # one for all years: they have no gap between them
