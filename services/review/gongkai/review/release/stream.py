"""How the stream of a release is folded."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.ledger.streams import Aggregate
from gongkai.review.release.aggregate import State, evolve

RELEASE: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
