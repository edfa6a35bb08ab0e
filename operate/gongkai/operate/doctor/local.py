"""What can be unwell in a deployment on one machine, and the words for it (等保: operations notice before people do).

What moves is looked at twice: a log that was just appended to has no checkpoint yet, and that is no illness.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import psutil

from gongkai.ledger import lag
from gongkai.ledger.read import LogId
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.processes import health_checks as answers
from gongkai.operate.processes import status
from gongkai.operate.processes.deployment import Deployment
from gongkai.runtime.settings import SERVICES
from gongkai.runtime.topology import LOGS

LITTLE_SPACE: Final = 0.05  # of the disk
LEAST_SPACE: Final = 1_000_000_000  # bytes
OVERDUE: Final = timedelta(seconds=60)
SKEW: Final = timedelta(seconds=2)
HELD: Final = timedelta(seconds=30)  # so long a service may say nothing within a transaction


@dataclass(frozen=True, slots=True, order=True)
class Illness:
    """One thing that is unwell: where, what, and what to do, in both languages."""

    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}：{self.zh} / {self.en}"


def secrets(data: Path) -> Iterator[Illness]:
    """Passwords and keys that are open to more than their owner, whatever folder they lie in."""
    folder = data / "secrets"
    for path in (folder, *sorted(each for each in folder.rglob("*") if each.is_file())):
        with suppress(FileNotFoundError):
            mode = path.stat().st_mode & 0o777
            if mode & 0o077:
                yield Illness(
                    str(path),
                    f"权限过宽（{mode:o}），其他用户可能读取，请执行 chmod go= {path}",
                    f"is open to others ({mode:o}): chmod go= {path}",
                )


def disk(data: Path) -> Iterator[Illness]:
    usage = shutil.disk_usage(data)
    if usage.free < max(LEAST_SPACE, usage.total * LITTLE_SPACE):
        left, share = f"{usage.free / 1e9:.1f} GB", f"{usage.free / usage.total:.0%}"
        yield Illness(
            str(data),
            f"磁盘将满，仅剩 {left}（{share}）；写满后将拒绝一切写入",
            f"the disk is nearly full: {left} ({share}) left; once it is, nothing can be written",
        )


def processes(data: Path, now: status.Status) -> Iterator[Illness]:
    """Dependencies that should run and don't, by what `up` wrote of them."""
    if not psutil.pid_exists(now.pid):
        yield Illness(
            "gongkai up",
            f"主进程（{now.pid}）已被强行终止，无人看护其余进程，请重新执行 gongkai up",
            f"the supervisor ({now.pid}) was killed and nobody looks after the rest: start gongkai up again",
        )
    expected = [*_embedded(data, now), *SERVICES]
    for name in (*now.processes, *(part for part in expected if part not in now.processes)):
        if name not in now.processes or not status.lives(now.processes[name]):
            log = data / "logs" / f"{name}.log"
            yield Illness(name, f"未在运行，日志见 {log}", f"is not running; its log: {log}")


def _embedded(data: Path, now: status.Status) -> Iterator[str]:
    """Dependencies that are of this machine unless somebody else's were named."""
    if not (data / "secrets" / "postgres.dsn").exists():
        yield "postgres"
    if now.kafka == f"127.0.0.1:{now.ports['broker']}":
        yield "broker"


async def services(there: Deployment) -> AsyncIterator[Illness]:
    """Who runs and yet doesn't answer."""
    host, _, port = there.kafka.split(",")[0].rpartition(":")
    if not await answers.port(host, int(port)):
        yield Illness(
            "Kafka",
            f"{there.kafka} 无应答；事件暂由日志直接读取，较慢",
            f"{there.kafka} doesn't answer; events are read from the log meanwhile, more slowly",
        )
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for service in SERVICES:
            if not await answers.health(client, there.url(service), service):
                url = f"{there.url(service)}/health"
                yield Illness(service, f"{url} 无应答或未就绪", f"{url} doesn't answer or isn't ready")


@dataclass(frozen=True, slots=True)
class Look:
    """How things stand in the database at one moment, as the role that may read and nothing else sees it."""

    followed: list[lag.Followed]
    relayed: list[lag.Relayed]
    protected: list[lag.Protected]
    overdue: dict[str, int]
    ahead: dict[str, timedelta]
    skew: timedelta


async def look(there: Deployment) -> Look:
    """Raises OSError or asyncpg's errors where the database doesn't let us in."""
    conn = await asyncpg.connect(there.cluster.dsn(MONITOR), timeout=5, command_timeout=60)
    try:
        skew = await conn.fetchval("SELECT clock_timestamp()") - datetime.now(UTC)
        simulated = await conn.fetchval("SELECT moment FROM ledger.clock")
        now = simulated or datetime.now(UTC)
        logs = list(LOGS.values())
        return Look(
            await lag.followed(conn, logs),
            [await lag.relayed(conn, log) for log in logs],
            [await lag.protected(conn, log) for log in logs],
            {log.schema: await _overdue(conn, log, now) for log in logs},
            {log.name: await _ahead(conn, log, now) for log in logs},
            skew,
        )
    finally:
        await conn.close()


async def _overdue(conn: Any, log: LogId, now: datetime) -> int:
    return int(
        await conn.fetchval(
            f"SELECT count(*) FROM {log.schema}.timer WHERE NOT fired AND due_at < $1", now - OVERDUE
        )
    )


async def _ahead(conn: Any, log: LogId, now: datetime) -> timedelta:
    """By how much the log's last moment lies in the future."""
    last: datetime | None = await conn.fetchval(
        f"SELECT committed_at FROM {log.schema}.log_head WHERE log = $1 AND size > 0", log.name
    )
    return timedelta(0) if last is None else max(timedelta(0), last - now)


async def held(there: Deployment) -> list[Illness]:
    """Transactions that somebody began and left open. As administrator: nobody else sees other people's sessions."""
    conn = await asyncpg.connect(there.cluster.admin(there.cluster.database), timeout=5, command_timeout=60)
    try:
        rows = await conn.fetch(
            "SELECT pid, usename, datname, application_name, clock_timestamp() - state_change AS silent"
            " FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
            " AND state_change < clock_timestamp() - $1::interval ORDER BY state_change",
            HELD,
        )
    finally:
        await conn.close()
    return [
        Illness(
            f"PostgreSQL {row['datname']}",
            f"{row['usename']}（{row['application_name'] or '—'}，进程 {row['pid']}）开启事务后已静默"
            f" {row['silent'].total_seconds():.0f} 秒，占着锁并妨碍清理；可执行 SELECT pg_terminate_backend({row['pid']})",
            f"{row['usename']} ({row['application_name'] or '—'}, process {row['pid']}) left a transaction open and has"
            f" said nothing for {row['silent'].total_seconds():.0f} s; it holds locks and keeps dead rows:"
            f" SELECT pg_terminate_backend({row['pid']})",
        )
        for row in rows
    ]


def clocks(now: Look) -> Iterator[Illness]:
    if abs(now.skew) > SKEW:
        seconds = f"{now.skew.total_seconds():+.1f}"
        yield Illness(
            "PostgreSQL",
            f"数据库时钟与本机相差 {seconds} 秒，请校时（NTP）",
            f"its clock differs from this machine's by {seconds} s: synchronise them (NTP)",
        )
    for log, ahead in now.ahead.items():
        if ahead > SKEW:
            yield Illness(
                log,
                f"最后一条记录的时间在未来（{ahead}）：时钟曾被回拨，请校时",
                f"its last record lies in the future (by {ahead}): the clock was set back. Set it right",
            )


def stopped(now: Look) -> Iterator[Illness]:
    for one in now.followed:
        if one.stopped is not None:
            since = one.stopped_at.astimezone().isoformat(" ", "seconds") if one.stopped_at else "—"
            place = f"{one.subscription} {one.log}/{one.partition}"
            yield Illness(
                place,
                f"自 {since} 起停在位置 {one.seen} 之后",
                f"stopped after position {one.seen} since {since}: {one.stopped}",
            )
    for log in now.relayed:
        if log.halted is not None:
            yield Illness(f"{log.log} relay", "转发已停止", f"has halted: {log.halted}")


def unsigned(now: Look) -> Iterator[Illness]:
    for log in now.protected:
        if log.halted is not None:
            yield Illness(f"{log.log} checkpoint", "不再签署检查点", f"nothing is signed: {log.halted}")
        if log.unwitnessed is not None:
            yield Illness(f"{log.log} witness", "见证人没有联署", f"isn't cosigned: {log.unwitnessed}")


def stuck(first: Look, second: Look) -> Iterator[Illness]:
    """What was behind and has not moved since."""
    for was, one in zip(first.relayed, second.relayed, strict=True):
        if was.behind and one.halted is None and one.sent == was.sent:
            yield Illness(
                one.log,
                f"转发落后 {one.behind} 条且没有进展：Kafka 或该服务可能不在",
                f"its relay is {one.behind} records behind and doesn't move: Kafka or the service may be away",
            )
    moved = {(each.subscription, each.log, each.partition): each for each in second.followed}
    for before in first.followed:
        after = moved.get((before.subscription, before.log, before.partition), before)
        if before.behind and after.stopped is None and after.seen == before.seen:
            yield Illness(
                f"{after.subscription} {after.log}/{after.partition}",
                f"落后 {after.behind} 个位置且没有进展",
                f"is {after.behind} positions behind and doesn't move",
            )
    for earlier, later in zip(first.protected, second.protected, strict=True):
        if earlier.open and later.covered == earlier.covered and later.halted is None:
            signed = later.signed_at.astimezone().isoformat(" ", "seconds") if later.signed_at else "—"
            yield Illness(
                later.log,
                f"有 {later.open} 条记录未被检查点覆盖，上次签署于 {signed}",
                f"no checkpoint covers its last {later.open} records; last signed {signed}",
            )
    for schema, count in second.overdue.items():
        if count and first.overdue[schema]:
            yield Illness(
                schema,
                f"{count} 个期限已到而未处理",
                f"{count} timers are past their moment and weren't issued",
            )


def restless(now: Look) -> bool:
    """Whether a second look is needed to tell an illness from work under way."""
    return bool(
        any(one.behind for one in now.relayed)
        or any(one.behind for one in now.followed)
        or any(one.open for one in now.protected)
        or any(now.overdue.values())
    )
