"""Shipped records replay through every view, and a record of a version that nobody here knows halts its partition."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from gongkai.console.views import PROJECTIONS
from gongkai.contracts.envelope import UNREADABLE, Place, read_record
from gongkai.contracts.events import require_known
from gongkai.intake.applicants.views import Applicants
from gongkai.intake.applications.views import Receipts
from gongkai.ledger import blobs, subscribe
from gongkai.ledger.append import Write, append
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.projections import Projection
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import Cluster, writer
from gongkai.operate.services import installed_logs
from gongkai.portal.catalogue.views import Documents
from gongkai.publishing.release.views import Dockets, ReleasedTexts
from gongkai.runtime.topology import log_for
from tests.contract.story import TEXT, current_records, goldens

PARTITIONS = 4
NOW = datetime(2026, 4, 1, tzinfo=UTC)


async def wall(_: Any) -> datetime:
    return NOW


class Seen:
    """A handler that takes whatever it gets."""

    def __init__(self) -> None:
        self.types: list[str] = []

    async def apply(self, conn: Any, batch: Sequence[Delivered]) -> None:
        self.types += [what.record.type for what in batch]


async def write(cluster: Cluster, raws: Sequence[bytes]) -> None:
    """Append records as they are, each to the log of its service."""
    for raw in raws:
        record = read_record(raw.replace(b'"specversion":"2.0"', b'"specversion":"1.0"'))
        service = record.source.rsplit("/", 1)[1]
        conn = await asyncpg.connect(cluster.dsn(writer(service)))
        one = Write(record.subject, record.streamversion - 1, ((record.id, raw),))
        (done,) = await append(conn, log_for(service), PARTITIONS, NOW, [one])
        assert not isinstance(done, Exception)
        await conn.close()


VIEWS: dict[str, Sequence[Projection]] = {
    "intake": [Receipts(), Applicants()],
    "publishing": [Dockets()],
    "console": PROJECTIONS,
    "portal": [Documents()],
}


async def test_shipped_records_replay_through_every_view(fresh_database: Cluster) -> None:
    shipped = {golden.name: golden for golden in goldens()}
    conn = await asyncpg.connect(fresh_database.dsn("intake_writer"))
    await blobs.put(conn, TEXT, "text/plain", NOW)
    await conn.close()
    story = [shipped[name].raw for name, _ in current_records()]
    await write(fresh_database, story)
    delivered = [_delivered(raw) for raw in story]
    conn = await asyncpg.connect(fresh_database.dsn("publishing_writer"))
    await ReleasedTexts().apply(conn, delivered)
    await conn.close()
    for service, views in VIEWS.items():
        conn = await asyncpg.connect(fresh_database.dsn(writer(service)))
        for view in views:
            await view.apply(conn, delivered)
            for table in view.tables:
                assert await conn.fetchval(f"SELECT count(*) FROM {table}"), f"{view.name}: {table} is empty"
        await conn.close()


@pytest.mark.parametrize(
    ("was", "became", "named"),
    [
        (b"UnitRegistered.v1", b"UnitRegistered.v2", "gongkai.UnitRegistered.v2"),
        (b"UnitRegistered.v1", b"UnitDissolved.v1", "gongkai.UnitDissolved.v1"),
        (b'"specversion":"1.0"', b'"specversion":"2.0"', UNREADABLE),
    ],
)
async def test_what_a_newer_program_wrote_halts_its_partition_and_no_other(
    fresh_database: Cluster, was: bytes, became: bytes, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribe, "RETRY", (0.0,))
    records = {golden.name: golden.raw for golden in goldens()}
    newer = records["UnitRegistered.v1"].replace(was, became)
    await write(fresh_database, [newer, records["DocumentDrafted.v1"], records["SecrecyReviewRequested.v1"]])
    seen = Seen()
    async with asyncpg.create_pool(fresh_database.dsn("review_writer"), min_size=1, max_size=4) as pool:
        logs = [installed_logs()["intake"], installed_logs()["review"]]
        here = Subscription("review", pool, logs, PARTITIONS, wall, handlers=[seen], check_type=require_known)
        await here.open()
        assert named not in seen.types
        (stopped,) = await pool.fetch("SELECT * FROM ledger.checkpoint WHERE stopped IS NOT NULL")
        assert stopped["position"] == -1
        assert named in stopped["stopped"]
        assert "升级" in stopped["stopped"]
        assert "Upgrade" in stopped["stopped"]
        assert "gongkai.SecrecyReviewRequested.v1" in seen.types

        here.check_type = lambda _: None  # the program is upgraded
        await here.catch_up()
        assert named in seen.types
        assert len(seen.types) == 3
        assert not await pool.fetch("SELECT * FROM ledger.checkpoint WHERE stopped IS NOT NULL")


def _delivered(raw: bytes) -> Delivered:
    record = read_record(raw)
    return Delivered(Place(record.source.rsplit("/", 1)[1], 0, 0), NOW, record)
