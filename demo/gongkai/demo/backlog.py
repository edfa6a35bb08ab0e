"""The services' backlog: records to relay, records to apply, timers due (one query, one snapshot).

A simulated day is over when it is empty.
"""

import asyncio
import time
from dataclasses import dataclass

from gongkai.contracts.errors import UserError
from gongkai.demo.database import Database
from gongkai.operate.services import installed_logs

POLL_INTERVAL = 0.01  # seconds
STUCK_AFTER = 300.0  # seconds without any progress
SERVICES_WITH_TIMERS = ("intake", "review")


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries to relay, partitions behind, timers due; and partitions that are stopped."""

    unsent: int
    behind: int
    due: int
    stopped: tuple[str, ...]

    @property
    def empty(self) -> bool:
        return not (self.unsent or self.behind or self.due or self.stopped)


class Stuck(UserError):
    def __init__(self, backlog: Backlog) -> None:
        where = "；".join(backlog.stopped) or f"{backlog}"
        super().__init__(f"{STUCK_AFTER:g}秒没有进展 / no progress for {STUCK_AFTER:g} s: {where}")


def _query() -> str:
    unsent = " + ".join(
        f"(SELECT coalesce(sum(h.size - 1 - coalesce(r.sent, -1)), 0) FROM {log.schema}.log_head h"
        f" LEFT JOIN {log.schema}.log_relay r USING (log) WHERE h.log = '{log.name}')"
        for log in installed_logs().values()
    )
    # a subquery with a limit, for the planner would read the whole log to answer a plain EXISTS
    behind = " + ".join(
        f"(SELECT count(*) FROM ledger.checkpoint c WHERE c.log = '{log.name}' AND (SELECT true"
        f" FROM {log.schema}.log_entry e WHERE e.log = c.log AND e.position > c.position"
        f" AND e.partition = c.partition ORDER BY e.position LIMIT 1))"
        for log in installed_logs().values()
    )
    due = " + ".join(
        f"(SELECT count(*) FROM {service}.timer WHERE NOT fired AND due_at <= (SELECT moment FROM now_is))"
        for service in SERVICES_WITH_TIMERS
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


class BacklogMonitor:
    def __init__(self, monitor: Database) -> None:
        self._monitor = monitor
        self._query = _query()

    async def read(self) -> Backlog:
        row = await self._monitor.row(self._query)
        return Backlog(row["unsent"], row["behind"], row["due"], tuple(row["stopped"]))

    async def wait_until_empty(self, stuck_after: float = STUCK_AFTER) -> Backlog:
        """Raises Stuck after `stuck_after` seconds without progress."""
        last, since = None, time.monotonic()
        while not (backlog := await self.read()).empty:
            if backlog != last:
                last, since = backlog, time.monotonic()
            elif time.monotonic() - since > stuck_after:
                raise Stuck(backlog)
            await asyncio.sleep(POLL_INTERVAL)
        return backlog
