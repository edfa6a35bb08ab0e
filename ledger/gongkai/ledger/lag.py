"""Lag behind the head of a log: of subscriptions, of the relay, and of the signed checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongkai.ledger.read import Connection, LogId


@dataclass(frozen=True, slots=True)
class SubscriptionLag:
    """A subscription in one partition: `seen` is the last position applied, `head` the last one there is.

    `since`: when the oldest record that isn't applied yet was committed. `stopped`: why the partition doesn't go on.
    """

    subscription: str
    log: str
    partition: int
    seen: int
    head: int
    since: datetime | None
    stopped: str | None
    stopped_at: datetime | None

    @property
    def behind(self) -> int:
        """Positions of the log between the two: an upper bound of the records not applied yet."""
        return max(0, self.head - self.seen)


@dataclass(frozen=True, slots=True)
class RelayLag:
    """How much of a log was sent to Kafka: `sent` is the last position. `halted`: why nothing is sent."""

    log: str
    size: int
    sent: int
    since: datetime | None
    halted: str | None

    @property
    def behind(self) -> int:
        return max(0, self.size - 1 - self.sent)


@dataclass(frozen=True, slots=True)
class CheckpointLag:
    """How much of a log the newest signed checkpoint covers. `signed_at` is real time, also with a simulated clock."""

    log: str
    size: int
    covered: int
    signed_at: datetime | None
    halted: str | None = None  # why nothing is signed
    unwitnessed: str | None = None  # why nothing is cosigned

    @property
    def uncovered(self) -> int:
        """Number of entries that no checkpoint covers yet."""
        return max(0, self.size - self.covered)


async def subscription_lags(
    conn: Connection, logs: Sequence[LogId], subscription: str | None = None
) -> list[SubscriptionLag]:
    """In every partition of these logs that the subscription follows (None: of all subscriptions)."""
    found: list[SubscriptionLag] = []
    for log in logs:
        entries = f"{log.schema}.log_entry e WHERE e.log = c.log AND e.partition = c.partition"
        rows = await conn.fetch(
            "SELECT c.subscription, c.log, c.partition, c.position, coalesce(h.position, -1), o.committed_at,"
            " c.stopped, c.stopped_at FROM ledger.checkpoint c"
            f" LEFT JOIN LATERAL (SELECT position FROM {entries} ORDER BY position DESC LIMIT 1) h ON true"
            f" LEFT JOIN LATERAL (SELECT committed_at FROM {entries} AND h.position > c.position"
            "  AND e.position > c.position ORDER BY e.position LIMIT 1) o ON true"
            " WHERE c.log = $1 AND ($2::text IS NULL OR c.subscription = $2) ORDER BY 1, 2, 3",
            log.name,
            subscription,
        )
        found += [SubscriptionLag(*row) for row in rows]
    return found


async def relay_lag(conn: Connection, log: LogId) -> RelayLag:
    row = await conn.fetchrow(
        "SELECT h.size, coalesce(r.sent, -1), e.committed_at, r.halted"
        f" FROM {log.schema}.log_head h LEFT JOIN {log.schema}.log_relay r USING (log)"
        f" LEFT JOIN {log.schema}.log_entry e ON e.log = h.log AND e.position = coalesce(r.sent, -1) + 1"
        " WHERE h.log = $1",
        log.name,
    )
    return RelayLag(log.name, 0, -1, None, None) if row is None else RelayLag(log.name, *row)


async def checkpoint_lag(conn: Connection, log: LogId) -> CheckpointLag:
    row = await conn.fetchrow(
        f"SELECT h.size, coalesce(c.size, 0), c.signed_at, i.halted, i.unwitnessed FROM {log.schema}.log_head h"
        f" LEFT JOIN {log.schema}.log_integrator i USING (log)"
        f" LEFT JOIN LATERAL (SELECT size, signed_at FROM {log.schema}.log_checkpoint c WHERE c.log = h.log"
        "  ORDER BY size DESC, signed_at DESC LIMIT 1) c ON true WHERE h.log = $1",
        log.name,
    )
    return CheckpointLag(log.name, 0, 0, None) if row is None else CheckpointLag(log.name, *row)
