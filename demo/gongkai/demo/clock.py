"""The simulated clock: created while every log is empty, moved forward by the demo and by nobody else."""

import hashlib
from datetime import UTC, date, datetime, time

from gongkai.demo.database import Database

NINE = time(1, tzinfo=UTC)  # 09:00 in Shanghai


def at_nine(day: date) -> datetime:
    return datetime.combine(day, NINE)


async def today(ledger: Database) -> date | None:
    """The day that the clock shows; None where there is no simulated clock."""
    row = await ledger.row("SELECT moment FROM ledger.clock")
    return None if row is None else row["moment"].astimezone(UTC).date()


async def create(ledger: Database, keys: Database, first: date, seed: int) -> None:
    """The database itself refuses it when a log has entries.

    The pepper under which persons are recognised comes from the seed as well: query codes follow from it, and the
    same seed is to give the same projections. Nobody in a demo is real.
    """
    pepper = hashlib.sha256(f"gongkai demo {seed}".encode()).digest()
    await keys.execute("INSERT INTO keys.pepper VALUES (true, $1) ON CONFLICT DO NOTHING", pepper)
    await ledger.execute(
        "INSERT INTO ledger.clock (moment) VALUES ($1) ON CONFLICT DO NOTHING", at_nine(first)
    )


async def advance(ledger: Database, day: date) -> None:
    await ledger.execute("UPDATE ledger.clock SET moment = $1 WHERE moment < $1", at_nine(day))
