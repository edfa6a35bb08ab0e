"""How an applicant's stream is folded."""

from gongkai.contracts.events import decode
from gongkai.intake.applicants.aggregate import State, evolve
from gongkai.ledger.streams import Aggregate

APPLICANT: Aggregate[State] = Aggregate(None, evolve, decode)
