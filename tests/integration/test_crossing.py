"""Events that cross: a draft overtakes its unit's registration on another partition, and all ends in the right state."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gongkai.contracts.envelope import read_record
from gongkai.contracts.events import SecrecyReviewRequested, decode
from gongkai.ledger import read
from gongkai.ledger.append import Appender
from gongkai.ledger.delivery import LogPartition, UnverifiedRecord
from gongkai.ledger.partition import partition_of
from gongkai.ledger.subscribe import Subscription
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.services import register_logs
from gongkai.review.consultation.deadlines import deadlines
from gongkai.review.consultation.reactions import ConsultationRequests
from gongkai.review.secrecy.reactions import ReviewRequests
from gongkai.runtime.clock import Clock
from gongkai.runtime.registry import Replica
from gongkai.runtime.service import DecidingDependencies
from gongkai.runtime.topology import log_for, logs_of
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
INTAKE, REVIEW = log_for("intake"), log_for("review")


@pytest.fixture
async def intake(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Services]:
    """Only intake runs: what it says reaches review by this test's hand alone."""
    async with running_services(fresh_database, broker, tmp_path, MONDAY, services=("intake",)) as made:
        yield made


@pytest.fixture
async def review(intake: Services, fresh_database: Cluster) -> AsyncIterator[Subscription]:
    async with asyncpg.create_pool(fresh_database.dsn("review_writer"), min_size=1, max_size=4) as pool:
        shared = intake.deps["intake"]
        replica = Replica(pool, register_logs())
        clock, partitions = Clock(pool), shared.settings.partitions
        subscription = Subscription(
            "review", pool, logs_of("intake", "review"), partitions, clock.now, own=REVIEW
        )
        deps = DecidingDependencies(
            settings=shared.settings,
            pool=pool,
            clock=clock,
            replica=replica,
            verifier=shared.verifier,
            http=shared.http,
            rules={},
            subscription=subscription,
            metrics=shared.metrics,
            tracer=shared.tracer,
            log=REVIEW,
            appender=Appender(pool, REVIEW, partitions),
        )
        subscription.handlers = [deadlines(deps)]
        subscription.reactions = [ReviewRequests(deps), ConsultationRequests(deps)]
        await subscription.open()
        yield subscription
        await deps.appender.close()


async def test_a_draft_overtakes_its_units_registration(intake: Services, review: Subscription) -> None:
    asked = "water"
    for name in ("finance", asked):
        await intake.say("intake", "/units", "registrar", unit(name))
    stored = await intake.clients["intake"].post(
        "/texts",
        content=f"全文{secrets.token_hex(4)}".encode(),
        headers=intake.bearer("finance-drafter") | {"Content-Type": "text/plain"},
    )
    elsewhere = partition_of("unit-finance", review.partitions)
    names = (f"draft-{n}" for n in range(99))
    draft = {
        "document": next(n for n in names if partition_of(f"document-{n}", review.partitions) != elsewhere),
        "unit": "finance",
        "title": "示例区供水价格说明",
        "attribute": "proactive",
        "digest": stored.json()["digest"],
        "formed_on": "2025-03-03",
        "consult": [{"unit": asked, "kind": "coordinate", "matters": "水价", "opinion": "拟公开"}],
    }
    drafted = await intake.say("intake", "/documents", "finance-drafter", draft)
    document = drafted.json()["id"]

    whole = await _arrivals(review.pool)
    of_the_draft = next(
        key for key, rs in whole.items() if any(read_record(r.raw).name == "DocumentDrafted" for r in rs)
    )
    others = {key: records for key, records in whole.items() if key != of_the_draft}
    first = [r for r in whole[of_the_draft] if read_record(r.raw).name == "DocumentDrafted"]
    await review.deliver({of_the_draft: first})
    await review.deliver(others | {of_the_draft: whole[of_the_draft]})

    (entry, *more) = await read.stream(review.pool, REVIEW, f"review-{document}")
    event = decode(entry.record)
    assert not more
    assert isinstance(event, SecrecyReviewRequested)
    assert event.rulebook.startswith("sc@")
    (letter, *more) = await read.streams_with_prefix(review.pool, REVIEW, "consultation-", -1)
    assert not more
    assert letter.record.data["asked"] == asked
    assert not await review.pool.fetch("SELECT * FROM ledger.checkpoint WHERE stopped IS NOT NULL")


async def _arrivals(pool: Any) -> dict[LogPartition, list[UnverifiedRecord]]:
    """Intake's log as Kafka would bring it."""
    arrived: dict[LogPartition, list[UnverifiedRecord]] = {}
    for entry in await read.after(pool, INTAKE, -1, 1000):
        key = (entry.place.log, entry.place.partition)
        arrived.setdefault(key, []).append(UnverifiedRecord(entry.place.position, entry.raw))
    return arrived
