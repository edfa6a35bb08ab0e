"""The console's read models: any order of arrival gives the same rows, and a rebuild has the live one's digest."""

import random
from collections.abc import Sequence
from uuid import UUID, uuid5

import asyncpg
import pytest

from gongkai.console.views import PROJECTIONS
from gongkai.contracts.envelope import Place, read_record, seal_record
from gongkai.contracts.events import Event
from gongkai.contracts.vocabulary import Opinion
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.projections import digest
from gongkai.operate.databases.cluster import Cluster, writer
from tests.unit.examples import (
    D2,
    DOCUMENT,
    EXAMPLES,
    a_document_drafted,
    a_document_published,
    a_review_requested,
    a_secrecy_reviewed,
)

SEED = UUID(int=7)
SECOND_DRAFT = uuid5(uuid5(SEED, "document-doc-1/1"), "event/0")

STREAMS: dict[str, tuple[str, list[Event]]] = {
    "document-doc-1": ("intake", [a_document_drafted(), a_document_drafted(title="改后", digest=D2)]),
    "review-doc-1": (
        "review",
        [
            a_review_requested(),
            a_secrecy_reviewed(opinion=Opinion.EXEMPT),
            a_review_requested(digest=D2),
            a_secrecy_reviewed(digest=D2),
        ],
    ),
    "publication-doc-1": (
        "publishing",
        [
            a_document_published(
                digest=D2, drafted=a_document_published().drafted.model_copy(update={"id": SECOND_DRAFT})
            )
        ],
    ),
}


def history() -> list[list[Delivered]]:
    """By stream, in order: one document in two versions, and every other kind of event once."""
    streams = dict(STREAMS)
    told = {type(event) for _, events in STREAMS.values() for event in events}
    for example in EXAMPLES:
        event = example()
        if type(event) in told:
            continue
        key = next(
            f"{kind}-{getattr(event, kind)}"
            for kind in ("application", "consultation", "system", "delegation", "unit", "year")
            if hasattr(event, kind)
        )
        streams.setdefault(key, (event.SERVICE, []))[1].append(event)
    return [
        [_delivered(event, stream, log, n) for n, event in enumerate(events)]
        for stream, (log, events) in sorted(streams.items())
    ]


def _delivered(event: Event, stream: str, log: str, n: int) -> Delivered:
    command = uuid5(SEED, f"{stream}/{n}")
    _, raw = seal_record(event, stream=stream, version=n + 1, command=command, index=0)
    return Delivered(Place(log, 0, n), event.at, read_record(raw))


def interleaved(streams: Sequence[Sequence[Delivered]], seed: int) -> list[Delivered]:
    """An order that Kafka can produce: streams keep their own order, and no other."""
    luck, left = random.Random(seed), [list(s) for s in streams]
    order: list[Delivered] = []
    while any(left):
        order.append(luck.choice([s for s in left if s]).pop(0))
    return order


@pytest.fixture
async def conn(fresh_database: Cluster) -> asyncpg.Connection:
    return await asyncpg.connect(fresh_database.dsn(writer("console")))


async def _digests(conn: asyncpg.Connection, order: Sequence[Delivered], batch: int) -> dict[str, str]:
    transaction = conn.transaction()
    await transaction.start()
    try:
        for start in range(0, len(order), batch):
            for projection in PROJECTIONS:
                await projection.apply(conn, order[start : start + batch])
        return {p.name: await digest(conn, "console", p) for p in PROJECTIONS}
    finally:
        await transaction.rollback()


async def test_rows_are_the_same_for_any_order_batch_and_repetition(conn: asyncpg.Connection) -> None:
    streams = history()
    first = await _digests(conn, interleaved(streams, 0), 100)
    for seed in range(1, 25):
        order = interleaved(streams, seed)
        assert await _digests(conn, order, 1 + seed % 7) == first
        assert await _digests(conn, [what for what in order for _ in (0, 1)], 3) == first
    await conn.close()


@pytest.mark.clause("WY-B.3")
async def test_the_newest_version_stands_and_its_own_review_counts(conn: asyncpg.Connection) -> None:
    for projection in PROJECTIONS:
        await projection.apply(conn, interleaved(history(), 3))
    row = await conn.fetchrow("SELECT * FROM document_state WHERE document = $1", DOCUMENT)
    assert row is not None
    assert (row["title"], row["version"], row["state"]) == ("改后", 2, "published")
    opinions = await conn.fetch("SELECT opinion FROM review WHERE document = $1 ORDER BY requested", DOCUMENT)
    assert [r["opinion"] for r in opinions] == [None, "disclose"]  # the first one was withdrawn
    await conn.close()


async def test_every_event_is_in_the_trail_once_and_no_sealed_box_anywhere(conn: asyncpg.Connection) -> None:
    order = interleaved(history(), 5)
    for projection in PROJECTIONS:
        await projection.apply(conn, order)
        await projection.apply(conn, order[:4])
    rows = await conn.fetch("SELECT event_id FROM event")
    assert sorted(r["event_id"] for r in rows) == sorted(what.record.id for what in order)
    boxes = [
        v["box"] for what in order for v in what.record.data.values() if isinstance(v, dict) and "box" in v
    ]
    assert boxes
    for table in {table for p in PROJECTIONS for table in p.tables}:
        for row in await conn.fetch(f"SELECT t::text AS line FROM {table} t"):
            assert not any(box in row["line"] for box in boxes)
    await conn.close()


async def test_the_monitor_reads_the_views_and_neither_accounts_nor_sessions(fresh_database: Cluster) -> None:
    monitor = await asyncpg.connect(fresh_database.dsn("gongkai_monitor"))
    try:
        for table in {table for p in PROJECTIONS for table in p.tables}:
            assert await monitor.fetchval(f"SELECT count(*) FROM console.{table}") == 0
        for table in ("account", "session"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await monitor.fetchval(f"SELECT count(*) FROM console.{table}")
    finally:
        await monitor.close()
