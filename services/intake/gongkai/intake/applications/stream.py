"""How an application's stream is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.applications.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

APPLICATION: Aggregate[State] = Aggregate(None, evolve, decode)
