"""Reactions: a service carries out commands because of another log's event, in the transaction that advances its checkpoint."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from gongkai.ledger.decider import Intent
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection


class Reaction(Protocol):
    """Makes commands from another log's event. Their ids are derived from the event, so that each takes effect once."""

    async def react(self, conn: Connection, what: Delivered, now: datetime) -> Sequence[Intent[Any]]: ...
