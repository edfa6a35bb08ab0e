"""The addresses to open once the year is simulated."""

from typing import Final

import asyncpg
from rich.console import Console

from gongkai.contracts.vocabulary import Duty, StandingRole
from gongkai.demo.district import district
from gongkai.demo.state import DemoState
from gongkai.demo.workdays import YEAR
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.processes.deployment import Deployment

_AUTHORITY: Final = next(unit for unit in district() if StandingRole.AUTHORITY in unit.roles)
_SEES_ALL: Final = "、".join(
    f"{officer['name']}（{_AUTHORITY.name}）"
    for officer in _AUTHORITY.entry()["officers"]
    if Duty.DISCLOSURE_OFFICER.value in officer["duties"]
)


async def print_addresses(deployment: Deployment, state: DemoState, console: Console) -> None:
    for line in await lines(deployment, state):
        console.print(line, markup=False, soft_wrap=True)


async def lines(deployment: Deployment, state: DemoState) -> list[str]:
    """Addresses, and a few pages worth a look."""
    back, front = deployment.url("console"), deployment.url("portal")
    found = [
        "",
        f"演示已就绪 / the demo is ready: seed {state.seed}, scale {state.scale:g}",
        f"  控制台 console      {back}/sign-in  （点选任一虚构人员即可登录 one click on any invented person；",
        f"                      {_SEES_ALL} 可见全区 sees the whole district）",
        f"  门户 portal         {front}/",
        f"  态势 dashboard      {back}/dashboard",
        f"  审计记录 events     {back}/events",
    ]
    conn = await asyncpg.connect(deployment.cluster.dsn(MONITOR))
    try:
        late = await conn.fetchval(
            "SELECT application FROM console.application WHERE late_days > 0 ORDER BY late_days DESC, application"
        )
        open_late = await conn.fetchval(
            "SELECT application FROM console.application WHERE overdue IS NOT NULL AND answered IS NULL"
            " ORDER BY received_on, application"
        )
        lowest = await conn.fetchrow(
            "SELECT unit, sum(points) AS points FROM console.score_item WHERE year = $1"
            " GROUP BY unit ORDER BY points, unit LIMIT 1",
            YEAR,
        )
        disputed = await conn.fetchval(
            "SELECT document FROM console.consultation WHERE NOT agrees ORDER BY document"
        )
    finally:
        await conn.close()
    if late:
        found.append(f"  超期答复 late       {back}/applications/{late}")
    if open_late:
        found.append(f"  逾期未答 overdue    {back}/applications/{open_late}")
    if lowest:
        found.append(
            f"  被扣分单位 score    {back}/scores/{lowest['unit']}?year={YEAR}  （{lowest['points'] / 100:g}）"
        )
    if disputed:
        found.append(f"  意见不一 disputed   {back}/documents/{disputed}")
    found += [f"  指定文件 given      {front}/documents/{document}" for document in state.papers]
    return [*found, "  核对 check          gongkai check --data " + str(deployment.data), ""]
