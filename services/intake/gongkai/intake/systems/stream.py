"""How an agency system's stream is named and folded."""

from gongkai.contracts.events import decode
from gongkai.intake.systems.aggregate import State, evolve
from gongkai.ledger.decider import Aggregate

AGENCY_SYSTEM: Aggregate[State] = Aggregate(None, evolve, decode)


def system_stream(system_id: str) -> str:
    return f"system-{system_id}"
