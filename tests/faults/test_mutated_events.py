"""Ten thousand mutated events at the ingress: no 5xx, no event of what was refused, bounded memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.integration.ingress.agency import Agency, agency_at
from tests.integration.ingress.test_mutated_events import survived

EVENTS = 10_000


@pytest.fixture
async def agency(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Agency]:
    async with agency_at(fresh_database, broker, tmp_path) as made:
        yield made


@pytest.mark.timeout(1800)
async def test_ten_thousand_mutated_events(agency: Agency) -> None:
    await survived(agency, EVENTS, seed=20_251_128)
