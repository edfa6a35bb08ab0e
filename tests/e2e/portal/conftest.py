"""A portal that a real browser can open, with a document on it."""

from collections.abc import Iterator

import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.conftest import copied_databases
from tests.e2e.served import Open, served
from tests.integration.portal.portal_app import portal_app, publish
from tests.integration.running_services import unit

TEXT = "\n".join(
    [
        "各街道办事处：",
        "现将防汛物资采购办法印发给你们。",
        *(f"第{n}条 采购应当公开。" * 9 for n in "一二三四"),
    ]
)


async def _insert_data(open_: Open) -> None:
    for entry in (unit("water"), unit("finance")):
        await open_.services.say("intake", "/units", "registrar", entry)
    await open_.services.settled()
    title = "示例区防汛物资采购办法"
    open_.made["document"] = await publish(open_.services, "water", TEXT, title=title, summary="规定采购程序")


@pytest.fixture(scope="module")
def portal(_template: Cluster, broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    cluster = copied_databases(_template)
    with served(cluster, broker, tmp_path_factory.mktemp("keys"), portal_app, _insert_data) as open_:
        yield open_
