"""The clock: real, or a demo's simulated one, which lives in one table and only ever moves forward."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gongkai.ledger.read import Connection


@dataclass(slots=True)
class Clock:
    """Ask it once per command; hand the answer on as an argument."""

    pool: Connection
    simulated: bool = False  # as of the last answer

    async def now(self, conn: Connection | None = None) -> datetime:
        """The moment, aware, in UTC."""
        moment: datetime | None = await (conn or self.pool).fetchval("SELECT moment FROM ledger.clock")
        self.simulated = moment is not None
        return datetime.now(UTC) if moment is None else moment.astimezone(UTC)
