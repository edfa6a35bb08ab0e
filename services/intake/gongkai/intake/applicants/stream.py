"""How an applicant's stream is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.applicants.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

APPLICANT: Aggregate[State] = Aggregate(None, evolve, decode)


def applicant_stream(person: str) -> str:
    return f"applicant-{person}"
