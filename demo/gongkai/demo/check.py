"""`gongkai check`: every event accounted for, scores counted again, every projection built again."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from gongkai.demo import consistency, state
from gongkai.demo.backlog import Idle, Stuck
from gongkai.demo.consistency import Logs
from gongkai.demo.database import Database
from gongkai.demo.projection_check import Compared, compare
from gongkai.demo.score_recount import Item, Recount
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.processes.deployment import Deployment

PATIENCE = 30.0  # seconds without progress, until what is under way counts as missing


@dataclass(slots=True)
class Findings:
    events: int = 0
    scores: int = 0
    papers: int = 0
    tables: list[Compared] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return not self.wrong


async def check(deployment: Deployment, papers: Mapping[str, str]) -> Findings:
    """`papers`: documents that must be on the portal, and the SHA-256 of their texts."""
    findings = Findings()
    dsn = deployment.cluster.dsn(MONITOR)
    await _quiet(dsn)
    conn = await asyncpg.connect(dsn)
    try:
        logs = await Logs.read(conn)
        findings.events = len(logs.raws)
        findings.wrong += await consistency.wrong(conn, logs)
        findings.scores, wrong = await _scores(conn, logs)
        findings.wrong += wrong
    finally:
        await conn.close()
    findings.tables, failed = await compare(dsn)
    findings.wrong += failed
    findings.wrong += [
        f"{t.table}: rebuilt it is {t.again[:12]}, live {t.live[:12]}" for t in findings.tables if not t.equal
    ]
    findings.papers = len(papers)
    findings.wrong += await _published(deployment.url("portal"), papers)
    return findings


async def _quiet(dsn: str) -> None:
    """Let what is under way arrive. What never does, the accounts will name."""
    monitor = Database(dsn)
    try:
        await Idle(monitor).reached(PATIENCE)
    except Stuck:
        pass
    finally:
        await monitor.close()


async def _scores(conn: Any, logs: Logs) -> tuple[int, list[str]]:
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


async def _published(portal: str, papers: Mapping[str, str]) -> list[str]:
    wrong = []
    async with httpx.AsyncClient(base_url=portal, trust_env=False, timeout=30) as public:
        for document, digest in papers.items():
            answer = await public.get(f"/documents/{document}/text")
            if answer.status_code != httpx.codes.OK or hashlib.sha256(answer.content).hexdigest() != digest:
                wrong.append(f"portal: /documents/{document}/text is not the text that was handed in")
    return wrong


async def report(deployment: Deployment, console: Console, papers: Mapping[str, str]) -> bool:
    """Check and print. True when everything is right."""
    began = time.monotonic()
    findings = await check(deployment, papers)
    table = Table("投影 projection", "行 rows", "摘要 digest", "重建 rebuilt")
    for each in findings.tables:
        same = "相同 equal" if each.equal else "不同 DIFFERS"
        table.add_row(each.table, str(each.rows), each.live[:16], same)
    console.print(table)
    console.print(
        f"事件 events {findings.events}，考核扣分 score items {findings.scores}，"
        f"指定文件 documents given {findings.papers}，用时 {time.monotonic() - began:.1f} s",
        soft_wrap=True,
    )
    for sentence in findings.wrong:
        console.print(f"✗ {sentence}", style="red", markup=False, soft_wrap=True)
    console.print("✓ 全部相符 / all of it is right" if findings.right else "✗ 核对不符 / something is wrong")
    return findings.right


def checked(data: Path) -> bool:
    """Check what runs on that data folder. Raises NotUp."""
    data = data.resolve()
    deployment = Deployment.running(data)
    played = state.read(data) if (data / state.NAME).exists() else None
    papers = played.papers if played and played.finished else {}
    return asyncio.run(report(deployment, Console(highlight=False), papers))
