"""A console that a real browser can open, over three units."""

from collections.abc import Iterator

import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.conftest import copied_databases
from tests.e2e.served import Open, served
from tests.integration.console.console_app import console_app
from tests.integration.running_services import unit


async def _insert_data(open_: Open) -> None:
    for name, more in (("finance", {}), ("water", {}), ("law", {"roles": ["supervision"]})):
        await open_.services.say("intake", "/units", "registrar", unit(name, **more))


@pytest.fixture(scope="module")
def console(_template: Cluster, broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    cluster = copied_databases(_template)
    with served(cluster, broker, tmp_path_factory.mktemp("keys"), console_app, _insert_data) as open_:
        yield open_
