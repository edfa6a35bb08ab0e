"""What can be wrong in the logs, relays, subscriptions and timers of a deployment, by what its database says.

What changes all the time is looked at twice: a log that was just appended to has no checkpoint yet, and that is no
problem.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from gongkai.ledger import lag
from gongkai.ledger.read import Connection, LogId
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.doctor.finding import Finding
from gongkai.operate.logs.catch_up import History, histories
from gongkai.operate.logs.views import OutdatedView, outdated_views
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed_logs

OVERDUE: Final = timedelta(seconds=60)
SKEW: Final = timedelta(seconds=2)
IDLE_IN_TRANSACTION: Final = timedelta(seconds=30)  # so long a service may be silent within a transaction


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the database at one moment, as the monitor role sees it."""

    followed: list[lag.SubscriptionLag]
    relayed: list[lag.RelayLag]
    protected: list[lag.CheckpointLag]
    overdue: dict[str, int]
    ahead: dict[str, timedelta]
    skew: timedelta
    outdated: list[OutdatedView]
    histories: list[History]


async def snapshot(there: Deployment) -> Snapshot:
    """Raises OSError or asyncpg's errors where the database doesn't let us in."""
    conn = await asyncpg.connect(there.cluster.dsn(MONITOR), timeout=5, command_timeout=60)
    try:
        skew = await conn.fetchval("SELECT clock_timestamp()") - datetime.now(UTC)
        simulated = await conn.fetchval("SELECT moment FROM ledger.clock")
        now = simulated or datetime.now(UTC)
        logs = list(installed_logs().values())
        return Snapshot(
            await lag.subscription_lags(conn, logs),
            [await lag.relay_lag(conn, log) for log in logs],
            [await lag.checkpoint_lag(conn, log) for log in logs],
            {log.schema: await _overdue(conn, log, now) for log in logs},
            {log.name: await _ahead(conn, log, now) for log in logs},
            skew,
            await outdated_views(conn),
            await histories(conn),
        )
    finally:
        await conn.close()


async def _overdue(conn: Connection, log: LogId, now: datetime) -> int:
    return int(
        await conn.fetchval(
            f"SELECT count(*) FROM {log.schema}.timer WHERE NOT fired AND due_at < $1", now - OVERDUE
        )
    )


async def _ahead(conn: Connection, log: LogId, now: datetime) -> timedelta:
    """By how much the log's last moment lies in the future."""
    last: datetime | None = await conn.fetchval(
        f"SELECT committed_at FROM {log.schema}.log_head WHERE log = $1 AND size > 0", log.name
    )
    return timedelta(0) if last is None else max(timedelta(0), last - now)


async def idle_transactions(there: Deployment) -> list[Finding]:
    """Transactions left open. As administrator: no other role sees other roles' sessions."""
    conn = await asyncpg.connect(there.cluster.admin(there.cluster.database), timeout=5, command_timeout=60)
    try:
        rows = await conn.fetch(
            "SELECT pid, usename, datname, application_name, clock_timestamp() - state_change AS silent"
            " FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            " AND state_change < clock_timestamp() - $1::interval ORDER BY state_change",
            IDLE_IN_TRANSACTION,
        )
    finally:
        await conn.close()
    return [
        Finding(
            f"PostgreSQL {row['datname']}",
            f"{row['usename']}（{row['application_name'] or '—'}，进程 {row['pid']}）开启事务后已静默"
            f" {row['silent'].total_seconds():.0f} 秒，占着锁并妨碍清理；可执行 SELECT pg_terminate_backend({row['pid']})",
            f"{row['usename']} ({row['application_name'] or '—'}, process {row['pid']}) left a transaction open and has"
            f" said nothing for {row['silent'].total_seconds():.0f} s; it holds locks and keeps dead rows:"
            f" SELECT pg_terminate_backend({row['pid']})",
        )
        for row in rows
    ]


def clocks(now: Snapshot) -> Iterator[Finding]:
    if abs(now.skew) > SKEW:
        seconds = f"{now.skew.total_seconds():+.1f}"
        yield Finding(
            "PostgreSQL",
            f"数据库时钟与本机相差 {seconds} 秒，请校时（NTP）",
            f"its clock differs from this machine's by {seconds} s: synchronise them (NTP)",
        )
    for log, ahead in now.ahead.items():
        if ahead > SKEW:
            yield Finding(
                log,
                f"最后一条记录的时间在未来（{ahead}）：时钟曾被回拨，请校时",
                f"its last record lies in the future (by {ahead}): the clock was set back. Set it right",
            )


def stopped(now: Snapshot) -> Iterator[Finding]:
    for one in now.followed:
        if one.stopped is not None:
            since = one.stopped_at.astimezone().isoformat(" ", "seconds") if one.stopped_at else "—"
            place = f"{one.subscription} {one.log}/{one.partition}"
            yield Finding(
                place,
                f"自 {since} 起停在位置 {one.seen} 之后",
                f"stopped after position {one.seen} since {since}: {one.stopped}",
            )
    for log in now.relayed:
        if log.halted is not None:
            yield Finding(f"{log.log} relay", "转发已停止", f"has halted: {log.halted}")


def outdated(now: Snapshot) -> Iterator[Finding]:
    """What a release has changed and what isn't carried over to what was there before."""
    for view in now.outdated:
        yield Finding(
            view.name,
            f"其表由第 {view.stored} 版折算，程序为第 {view.program} 版；gongkai up 或 gongkai migrate 会重建",
            f"its tables are folded by version {view.stored}, the program folds by {view.program}: gongkai up, or"
            " gongkai migrate, rebuilds them",
        )
    for each in now.histories:
        if each.stopped is not None:
            yield Finding(each.name, "补做历史已停下", f"catching up has stopped: {each.stopped}")
        elif not each.complete and not each.running:
            yield Finding(
                each.name,
                f"晚于 {each.left} 条记录启用，尚未用于历史，请执行 gongkai catch-up {each.name}",
                f"came after {each.left} records and wasn't applied to them: gongkai catch-up {each.name}",
            )


def unsigned(now: Snapshot) -> Iterator[Finding]:
    for log in now.protected:
        if log.halted is not None:
            yield Finding(f"{log.log} checkpoint", "不再签署检查点", f"nothing is signed: {log.halted}")
        if log.unwitnessed is not None:
            yield Finding(f"{log.log} witness", "见证人没有联署", f"isn't cosigned: {log.unwitnessed}")


def stuck(first: Snapshot, second: Snapshot) -> Iterator[Finding]:
    """What was behind in the first snapshot and has not moved since."""
    for was, one in zip(first.relayed, second.relayed, strict=True):
        if was.behind and one.halted is None and one.sent == was.sent:
            yield Finding(
                one.log,
                f"转发落后 {one.behind} 条且没有进展：Kafka 或该服务可能不在",
                f"its relay is {one.behind} records behind and doesn't move: Kafka or the service may be away",
            )
    moved = {(each.subscription, each.log, each.partition): each for each in second.followed}
    for before in first.followed:
        after = moved.get((before.subscription, before.log, before.partition), before)
        if before.behind and after.stopped is None and after.seen == before.seen:
            yield Finding(
                f"{after.subscription} {after.log}/{after.partition}",
                f"落后 {after.behind} 个位置且没有进展",
                f"is {after.behind} positions behind and doesn't move",
            )
    for earlier, later in zip(first.protected, second.protected, strict=True):
        if earlier.uncovered and later.covered == earlier.covered and later.halted is None:
            signed = later.signed_at.astimezone().isoformat(" ", "seconds") if later.signed_at else "—"
            yield Finding(
                later.log,
                f"有 {later.uncovered} 条记录未被检查点覆盖，上次签署于 {signed}",
                f"no checkpoint covers its last {later.uncovered} records; last signed {signed}",
            )
    for schema, count in second.overdue.items():
        if count and first.overdue[schema]:
            yield Finding(
                schema,
                f"{count} 个期限已到而未处理",
                f"{count} timers are past their moment and weren't issued",
            )


def is_anything_pending(now: Snapshot) -> bool:
    """Whether a second snapshot is needed to tell a problem from work under way."""
    return bool(
        any(one.behind for one in now.relayed)
        or any(one.behind for one in now.followed)
        or any(one.uncovered for one in now.protected)
        or any(now.overdue.values())
    )
