"""`gongkai check`: logs and projections compared event by event, scores counted again, every projection rebuilt."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from gongkai.demo import state
from gongkai.demo.backlog import BacklogMonitor, Stuck
from gongkai.demo.consistency import LogContents, inconsistencies
from gongkai.demo.database import Database
from gongkai.demo.projection_check import TableComparison, compare
from gongkai.demo.score_recount import Item, Recount
from gongkai.ledger.read import Connection
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.logs.views import outdated_views
from gongkai.operate.processes.deployment import Deployment

STUCK_AFTER = 30.0  # seconds without progress; what is still under way then counts as missing


@dataclass(slots=True)
class Findings:
    events: int = 0
    scores: int = 0
    supplied: int = 0
    tables: list[TableComparison] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.wrong


async def check(deployment: Deployment, supplied: Mapping[str, str]) -> Findings:
    """`supplied`: documents that must be on the portal, and the SHA-256 of their texts."""
    findings = Findings()
    dsn = deployment.cluster.dsn(MONITOR)
    await _wait_until_empty(dsn)
    conn = await asyncpg.connect(dsn)
    try:
        logs = await LogContents.read(conn)
        findings.events = len(logs.raws)
        findings.wrong += await inconsistencies(conn, logs)
        findings.wrong += [
            f"{view.name}: folded by version {view.stored}, the program folds by {view.program}"
            for view in await outdated_views(conn)
        ]
        findings.scores, wrong = await _scores(conn, logs)
        findings.wrong += wrong
    finally:
        await conn.close()
    findings.tables, failed = await compare(dsn)
    findings.wrong += failed
    findings.wrong += [
        f"{t.table}: rebuilt it is {t.again[:12]}, live {t.live[:12]}" for t in findings.tables if not t.equal
    ]
    findings.supplied = len(supplied)
    findings.wrong += await _published(deployment.url("portal"), supplied)
    return findings


async def _wait_until_empty(dsn: str) -> None:
    """Let what is under way arrive. What never does is reported as inconsistent."""
    monitor = Database(dsn)
    try:
        await BacklogMonitor(monitor).wait_until_empty(STUCK_AFTER)
    except Stuck:
        pass
    finally:
        await monitor.close()


async def _scores(conn: Connection, logs: LogContents) -> tuple[int, list[str]]:
    now = await conn.fetchval("SELECT coalesce((SELECT moment FROM ledger.clock), now())")
    count = Recount()
    count.read(logs.raws)
    expected = count.items(now)
    rows = await conn.fetch("SELECT unit, year, indicator, case_of, points FROM console.score_item")
    shown = [Item(*row.values()) for row in rows]
    wrong = [f"console.score_item: missing {item}" for item in sorted(expected - set(shown))]
    wrong += [f"console.score_item: no reason for {item}" for item in sorted(set(shown) - expected)]
    if len(shown) != len(set(shown)):
        wrong.append("console.score_item: a case counts twice")
    return len(shown), wrong


async def _published(portal: str, supplied: Mapping[str, str]) -> list[str]:
    wrong = []
    async with httpx.AsyncClient(base_url=portal, trust_env=False, timeout=30) as public:
        for document, digest in supplied.items():
            answer = await public.get(f"/documents/{document}/text")
            if answer.status_code != httpx.codes.OK or hashlib.sha256(answer.content).hexdigest() != digest:
                wrong.append(f"portal: /documents/{document}/text is not the text that was handed in")
    return wrong


async def report(deployment: Deployment, console: Console, supplied: Mapping[str, str]) -> bool:
    """Check and print. True when nothing is wrong."""
    began = time.monotonic()
    findings = await check(deployment, supplied)
    table = Table("投影 projection", "行 rows", "摘要 digest", "重建 rebuilt")
    for each in findings.tables:
        same = "相同 equal" if each.equal else "不同 DIFFERS"
        table.add_row(each.table, str(each.rows), each.live[:16], same)
    console.print(table)
    console.print(
        f"事件 events {findings.events}，考核扣分 score items {findings.scores}，"
        f"指定文件 documents given {findings.supplied}，用时 {time.monotonic() - began:.1f} s",
        soft_wrap=True,
    )
    for sentence in findings.wrong:
        console.print(f"✗ {sentence}", style="red", markup=False, soft_wrap=True)
    console.print("✓ 全部相符 / all of it is right" if findings.passed else "✗ 核对不符 / something is wrong")
    return findings.passed


def check_data_folder(data: Path) -> bool:
    """Check what runs on that data folder. Raises NotUp."""
    data = data.resolve()
    deployment = Deployment.running(data)
    demo = state.read(data) if (data / state.NAME).exists() else None
    supplied = demo.papers if demo and demo.finished else {}
    return asyncio.run(report(deployment, Console(highlight=False), supplied))
