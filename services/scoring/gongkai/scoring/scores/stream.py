"""How this service's streams are folded, and what they are called."""

from gongkai.contracts.events import decode
from gongkai.ledger.decider import Aggregate
from gongkai.scoring.scores import aggregate as score

SCORE: Aggregate[score.State] = Aggregate(None, score.evolve, decode)


def score_stream(unit_id: str, year: int) -> str:
    return f"score-{unit_id}-{year}"
