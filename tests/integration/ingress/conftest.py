"""Services with an agency that hands in, and a deployment as an operator runs it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.integration.ingress.agency import Agency, agency_at
from tests.integration.ingress.running import Running, running


@pytest.fixture
async def agency(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[Agency]:
    async with agency_at(fresh_database, broker, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def deployment(run_folder: Path) -> Iterator[Running]:
    folder = run_folder / "deployment"
    folder.mkdir(mode=0o711)
    with running(folder) as made:
        yield made
