"""系统报送 on the console: the officers of a unit see what its systems handed in, and mend what was refused."""

import json
from pathlib import Path

import pytest

from gongkai.contracts.ingress import RECEIVED
from gongkai.ledger import read
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.topology import log_for
from tests.integration.console.console_app import Browser, console_app
from tests.integration.ingress.agency import (
    APPLICANT,
    Agency,
    agency_at,
    application,
    applied,
    drafted,
    event,
)


@pytest.mark.clause("CX-5", "SC-1.1")
async def test_a_refused_event_is_mended_by_an_officer_and_counts_as_his(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with (
        agency_at(fresh_database, broker, tmp_path) as agency,
        console_app(agency.services, broker) as app,
    ):
        wrong, good = event(drafted(attribute=None)), event(drafted())
        letter = application()
        letter["data"]["channel"] = "pigeon"
        await agency.batch(wrong, good, letter)
        await Agency(agency.services, "water").batch(event(drafted("water", attribute=None)))

        drafter = await Browser(app).enter("finance-drafter")
        shown = await drafter.open("/handed-in")
        assert shown.count("finance-oa") >= 3
        assert "未标注公开属性" in shown
        assert "water-oa" not in shown
        shown = await drafter.open("/handed-in?state=accepted")
        assert good["id"] in shown
        assert wrong["id"] not in shown

        numbers = {
            row["id"]: row["n"]
            for row in await agency.services.deps["intake"].pool.fetch("SELECT id, n FROM handed")
        }
        page = f"/handed-in/finance/{numbers[wrong['id']]}"
        shown = await drafter.open(page)
        assert "为什么被拒" in shown
        assert "示例区预算公开说明" in drafter.page
        before = await agency.size()
        shown = await drafter.send(page, data="{", type=wrong["type"])
        assert "不是有效的 JSON" in shown
        shown = await drafter.send(page, data=json.dumps(drafted(attribute="withheld")), type=wrong["type"])
        assert "理由" in shown
        assert await agency.size() == before
        shown = await drafter.send(page, data=json.dumps(drafted()), type=wrong["type"])
        assert drafter.status == 200, drafter.page
        assert "更正后的事件已接收" in shown
        assert drafter.at.startswith("/handed-in?unit=finance")
        last = await read.after(agency.services.deps["intake"].pool, log_for("intake"), before - 1)
        assert [entry.record.data["by"] for entry in last] == ["finance-drafter"]
        assert wrong["id"] not in await drafter.open("/handed-in?state=refused")

        page = f"/handed-in/finance/{numbers[letter['id']]}"
        shown = await drafter.open(page)
        assert APPLICANT["name"] not in drafter.page
        await drafter.send(page, data=json.dumps(applied()), type=RECEIVED)
        assert drafter.status == 403  # a drafter takes in no applications
        officer = await Browser(app).enter("finance-officer")
        await officer.open(page)
        await officer.send(page, data=json.dumps(applied()), type=RECEIVED)
        assert officer.status == 200, officer.page

        stranger = await Browser(app).enter("water-drafter")
        await stranger.open(page)
        assert stranger.status == 403
        await stranger.open("/handed-in?unit=finance")
        assert stranger.status == 403
