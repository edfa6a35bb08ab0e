"""How an application's stream is folded for its answer."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.intake.answers.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

ANSWER: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
