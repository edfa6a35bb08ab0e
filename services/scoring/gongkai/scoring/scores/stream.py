"""How the stream of a unit's score of a year is folded."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.ledger.streams import Aggregate
from gongkai.scoring.scores.aggregate import State, evolve

SCORE: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
