"""How an application's stream is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.applications.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

APPLICATION: Aggregate[State] = Aggregate(None, evolve, decode)


def application_stream(application_id: str) -> str:
    return f"application-{application_id}"
