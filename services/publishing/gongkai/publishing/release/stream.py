"""How a document's stream of publications is folded."""

from typing import Final

from gongkai.contracts.events import decode
from gongkai.ledger.streams import Aggregate
from gongkai.publishing.release.aggregate import State, evolve

PUBLICATION: Final[Aggregate[State]] = Aggregate(None, evolve, decode)
