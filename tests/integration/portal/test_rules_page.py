"""The public's page of rules: what was in force on a day, and by which clause."""

from pathlib import Path

import pytest

from gongkai.operate.databases.cluster import Cluster
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import running_services


@pytest.mark.clause("GT-since", "GT-answer")
async def test_the_public_reads_the_rules_of_a_place_and_a_day(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with (
        running_services(fresh_database, broker, tmp_path, services=("intake",)) as made,
        portal_app(made, broker),
    ):
        portal = made.clients["portal"]
        assert (await portal.get("/rules")).headers["location"] == "/rules/cn"
        law = (await portal.get("/rules/cn")).text
        assert "20个工作日" in law
        assert "第三十三条" in law
        assert "15个工作日" in (await portal.get("/rules/cn?on=2019-05-14")).text  # Order 492
        assert "没有生效的规则" in (await portal.get("/rules/cn?on=2001-01-01")).text
        county = (await portal.get("/rules/sc", params={"lang": "en"})).text
        assert 'href="/rules/wy?on=' in county
        assert "20 working days" in county
        assert (await portal.get("/rules/xx")).status_code == 404
        assert 'href="/rules"' in (await portal.get("/sitemap")).text
