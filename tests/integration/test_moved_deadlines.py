"""A holiday schedule that comes with a release moves open deadlines and leaves closed judgements alone (GT-count)."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.rules.calendar import Calendar, official
from gongkai.runtime import service
from gongkai.runtime.topology import log_for
from tests.integration.running_services import running_services, unit

RECEIVED = datetime(2025, 12, 15, 2, tzinfo=UTC)
AFTER = datetime(2026, 3, 2, 2, tzinfo=UTC)
BODY: dict[str, Any] = {
    "unit": "finance",
    "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
    "request": {"description": "示例区供水价格"},
}


@pytest.mark.clause("GT-count")
async def test_an_open_application_gets_its_due_day_when_the_schedule_is_announced(
    fresh_database: Cluster, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_2025 = Calendar(tuple(n for n in official().notices if n.year <= 2025))
    with monkeypatch.context() as patch:
        patch.setattr(service, "official", lambda: until_2025)
        async with running_services(fresh_database, broker, tmp_path, RECEIVED, services=("intake",)) as made:
            await made.say("intake", "/units", "registrar", unit("finance"))
            answer = await made.say("intake", "/applications", "public", BODY)
            assert answer.status_code == 201, answer.text
            await made.settled()
            assert not await made.deps["intake"].pool.fetch("SELECT * FROM timer")  # awaits 2026's schedule
    async with running_services(fresh_database, broker, tmp_path, services=("intake",)) as made:
        pool = made.deps["intake"].pool
        while not (moved := await pool.fetch("SELECT * FROM timer")):  # beside its work, once it is ready
            await asyncio.sleep(0.05)
        (timer,) = moved
        assert (timer["due_at"].year, timer["fired"]) == (2026, False)
        await made.set_clock(AFTER)
        while not (late := await read.after(pool, log_for("intake"), 1)):
            await asyncio.sleep(0.05)
        await made.seen("intake", str(late[0].place))
        assert [e.record.name for e in late] == ["ApplicationOverdue"]
    with monkeypatch.context() as patch:
        patch.setattr(service, "official", lambda: until_2025)  # whatever is announced later
        async with running_services(fresh_database, broker, tmp_path, services=("intake",)) as made:
            await made.settled()
            assert not await made.deps["intake"].pool.fetch("SELECT * FROM timer")
            assert len(await read.after(made.deps["intake"].pool, log_for("intake"), 1)) == 1
