"""When a simulated day is over: nothing to relay, nothing to apply, nothing due (one query, one snapshot)."""

import asyncio
import time
from dataclasses import dataclass

from gongkai.contracts.errors import UserError
from gongkai.demo.database import Database
from gongkai.runtime.topology import LOGS

LOOK = 0.01  # seconds between looks
PATIENCE = 300.0  # seconds without any progress until a partition counts as stuck
TIMED = ("intake", "review")  # services with timers


@dataclass(frozen=True, slots=True)
class Look:
    """What is still to be done: entries to relay, partitions behind, timers due; and partitions that stand still."""

    unsent: int
    behind: int
    due: int
    stopped: tuple[str, ...]

    @property
    def idle(self) -> bool:
        return not (self.unsent or self.behind or self.due or self.stopped)


class Stuck(UserError):
    def __init__(self, look: Look) -> None:
        where = "；".join(look.stopped) or f"{look}"
        super().__init__(f"{PATIENCE:g}秒没有进展 / no progress for {PATIENCE:g} s: {where}")


def _query() -> str:
    unsent = " + ".join(
        f"(SELECT coalesce(sum(h.size - 1 - coalesce(r.sent, -1)), 0) FROM {log.schema}.log_head h"
        f" LEFT JOIN {log.schema}.log_relay r USING (log) WHERE h.log = '{log.name}')"
        for log in LOGS.values()
    )
    # a subquery with a limit, for the planner would read the whole log to answer a plain EXISTS
    behind = " + ".join(
        f"(SELECT count(*) FROM ledger.checkpoint c WHERE c.log = '{log.name}' AND (SELECT true"
        f" FROM {log.schema}.log_entry e WHERE e.log = c.log AND e.position > c.position"
        f" AND e.partition = c.partition ORDER BY e.position LIMIT 1))"
        for log in LOGS.values()
    )
    due = " + ".join(
        f"(SELECT count(*) FROM {service}.timer WHERE NOT fired AND due_at <= (SELECT moment FROM now_is))"
        for service in TIMED
    )
    stopped = (
        "ARRAY(SELECT subscription || ' ' || log || '/' || partition || ': ' || stopped"
        " FROM ledger.checkpoint WHERE stopped IS NOT NULL)"
    )
    clock = "SELECT coalesce((SELECT moment FROM ledger.clock), now()) AS moment"
    return (
        f"WITH now_is AS ({clock}) SELECT ({unsent})::bigint AS unsent, {behind} AS behind, {due} AS due,"
        f" {stopped} AS stopped"
    )


class Idle:
    def __init__(self, monitor: Database) -> None:
        self._monitor = monitor
        self._query = _query()

    async def look(self) -> Look:
        row = await self._monitor.row(self._query)
        return Look(row["unsent"], row["behind"], row["due"], tuple(row["stopped"]))

    async def reached(self, patience: float = PATIENCE) -> Look:
        """Until idle. Raises Stuck."""
        last, since = None, time.monotonic()
        while not (look := await self.look()).idle:
            if look != last:
                last, since = look, time.monotonic()
            elif time.monotonic() - since > patience:
                raise Stuck(look)
            await asyncio.sleep(LOOK)
        return look
