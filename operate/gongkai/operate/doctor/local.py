"""Examines a deployment on one machine: files, processes, services, database (等保: operations notice before people do)."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import psutil

from gongkai.ledger.read import DISCONNECTED
from gongkai.operate.doctor import database
from gongkai.operate.doctor.finding import Finding
from gongkai.operate.processes import health_checks, status
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed

MIN_FREE_SHARE: Final = 0.05  # of the disk
MIN_FREE_BYTES: Final = 1_000_000_000
BETWEEN: Final = 3.0  # seconds between two snapshots of what changes all the time


def secrets(data: Path) -> Iterator[Finding]:
    """Passwords and keys that are open to more than their owner, whatever folder they lie in."""
    folder = data / "secrets"
    for path in (folder, *sorted(each for each in folder.rglob("*") if each.is_file())):
        with suppress(FileNotFoundError):
            mode = path.stat().st_mode & 0o777
            if mode & 0o077:
                yield Finding(
                    str(path),
                    f"权限过宽（{mode:o}），其他用户可能读取，请执行 chmod go= {path}",
                    f"is open to others ({mode:o}): chmod go= {path}",
                )


def disk(data: Path) -> Iterator[Finding]:
    usage = shutil.disk_usage(data)
    if usage.free < max(MIN_FREE_BYTES, usage.total * MIN_FREE_SHARE):
        left, share = f"{usage.free / 1e9:.1f} GB", f"{usage.free / usage.total:.0%}"
        yield Finding(
            str(data),
            f"磁盘将满，仅剩 {left}（{share}）；写满后将拒绝一切写入",
            f"the disk is nearly full: {left} ({share}) left; once it is, nothing can be written",
        )


def processes(data: Path, now: status.Status) -> Iterator[Finding]:
    """Processes that should run and don't, by what `up` wrote of them."""
    if not psutil.pid_exists(now.pid):
        yield Finding(
            "gongkai up",
            f"主进程（{now.pid}）已被强行终止，无人看护其余进程，请重新执行 gongkai up",
            f"the supervisor ({now.pid}) was killed and nobody looks after the rest: start gongkai up again",
        )
    expected = [*_embedded(data, now), *installed()]
    for name in (*now.processes, *(part for part in expected if part not in now.processes)):
        if name not in now.processes or not status.is_running(now.processes[name]):
            log = data / "logs" / f"{name}.log"
            yield Finding(name, f"未在运行，日志见 {log}", f"is not running; its log: {log}")


def _embedded(data: Path, now: status.Status) -> Iterator[str]:
    """Parts that are of this machine unless somebody else's were named."""
    if not (data / "secrets" / "postgres.dsn").exists():
        yield "postgres"
    if now.kafka == f"127.0.0.1:{now.ports['broker']}":
        yield "broker"


async def answering(there: Deployment) -> AsyncIterator[Finding]:
    """Services that run and don't answer."""
    host, _, port = there.kafka.split(",")[0].rpartition(":")
    if not await health_checks.port(host, int(port)):
        yield Finding(
            "Kafka",
            f"{there.kafka} 无应答；事件暂由日志直接读取，较慢",
            f"{there.kafka} doesn't answer; events are read from the log meanwhile, more slowly",
        )
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for service in installed():
            if not await health_checks.health(client, there.url(service), service):
                url = f"{there.url(service)}/health"
                yield Finding(service, f"{url} 无应答或未就绪", f"{url} doesn't answer or isn't ready")


async def examine(data: Path, between: float = BETWEEN) -> list[Finding]:
    """Everything that is wrong; what causes the rest comes first."""
    running = status.read(data / "run" / "up.json")
    if running is None:
        zh, en = "没有运行，请先执行 gongkai up", "nothing runs there: start it with gongkai up"
        return [Finding(str(data), zh, en)]
    found = [*secrets(data), *disk(data), *processes(data, running)]
    deployment = Deployment.running(data)
    found += [each async for each in answering(deployment)]
    try:
        first = await database.snapshot(deployment)
        found += [*database.clocks(first), *database.stopped(first), *database.unsigned(first)]
        found += database.outdated(first)
        found += await database.idle_transactions(deployment)
        if database.is_anything_pending(first):
            await asyncio.sleep(between)
            found += database.stuck(first, await database.snapshot(deployment))
    except (*DISCONNECTED, asyncpg.PostgresError) as error:
        why = f"{type(error).__name__}: {error}"
        found.append(Finding("PostgreSQL", f"数据库不可用：{why}", f"the database is not available: {why}"))
    return found
