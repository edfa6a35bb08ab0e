"""`gongkai rebuild` and `replay` over a district with all its services: every view, any moment, by the roles they have."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from gongkai.cli.commands.history import _print_records, _print_view
from gongkai.contracts.errors import UserError
from gongkai.demo.projection_check import compare
from gongkai.operate.databases.cluster import MONITOR, Cluster
from gongkai.operate.logs import rebuild, replay
from gongkai.operate.logs.views import every_view
from tests.integration.console.console_app import console_app
from tests.integration.portal.portal_app import portal_app, publish
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY) as made,
        console_app(made, broker),
        portal_app(made, broker),
    ):
        await made.say("intake", "/units", "registrar", unit("finance"))
        await publish(made, "finance", "示例区二〇二五年预算", title="示例区预算")
        await made.set_clock(TUESDAY)
        await publish(made, "finance", "示例区二〇二五年决算", title="示例区决算")
        await made.settled()
        yield made


async def test_every_view_is_rebuilt_switched_and_goes_on(
    district: Services, fresh_database: Cluster
) -> None:
    for _, projection in every_view():
        done = await rebuild.rebuild_view(fresh_database, projection.name)
        assert done.equal, projection.name
    await publish(district, "finance", "示例区供水价格", title="示例区水价")
    await district.settled()
    tables, unreadable = await compare(fresh_database.dsn(MONITOR))
    assert ([each.table for each in tables if not each.equal], unreadable) == ([], [])
    for _, projection in every_view():
        assert (await rebuild.rebuild_view(fresh_database, projection.name, rollback=True)).equal
    tables, unreadable = await compare(fresh_database.dsn(MONITOR))
    assert ([each.table for each in tables if not each.equal], unreadable) == ([], [])
    with pytest.raises(UserError, match=r"no view nothing\.such; there are: .*console\.document"):
        await rebuild.rebuild_view(fresh_database, "nothing.such")


async def test_a_view_and_the_logs_as_they_stood(
    district: Services, fresh_database: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    monitor = fresh_database.dsn(MONITOR)
    monday = await rebuild.rows_as_of(monitor, "console.document", "2025-03-03")
    assert [row["title"] for row in monday["document"]] == ["示例区预算"]
    now = await rebuild.rows_as_of(monitor, "console.document", None)
    assert [len(now[table]) for table in ("document", "review", "publication")] == [2, 2, 2]
    schema, at, rows = await rebuild.as_of(fresh_database, "portal.document", "2025-03-03T12:00")
    assert (at, rows) == ({"publishing": 1}, {"document": 1, "publication": 1})  # requested, published
    conn = await asyncpg.connect(monitor)
    assert await conn.fetchval(f"SELECT title FROM {schema}.document") == "示例区预算"
    await conn.close()

    whole = [entry async for entry in replay.entries(monitor)]
    assert [e.committed_at for e in whole] == sorted(e.committed_at for e in whole)
    assert [str(e.place) for e in whole] == [str(e.place) async for e in replay.entries(monitor)]
    upto = [e async for e in replay.entries(monitor, as_of="2025-03-03")]
    assert upto == [e for e in whole if e.committed_at < TUESDAY]
    intake = [e async for e in replay.entries(monitor, as_of="intake=0")]
    assert [e.record.name for e in intake] == ["UnitRegistered"]
    (stream, *_) = [e.stream for e in whole if e.stream.startswith("document-")]
    await _print_records(replay.entries(monitor, log="intake", stream=stream), as_json=True)
    shown = [json.loads(line)["record"] for line in capsys.readouterr().out.splitlines()]
    assert {record["subject"] for record in shown} == {stream}
    assert [record["type"].split(".")[1] for record in shown] == ["DocumentDrafted", "VersionHandedOver"]
    await _print_view(monitor, "console.document", None, as_json=False)
    assert "示例区决算" in capsys.readouterr().out
    with pytest.raises(UserError, match="positions are written"):
        [e async for e in replay.entries(monitor, as_of="nolog=3")]
