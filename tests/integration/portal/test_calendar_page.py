"""The public's calendar: which days count, by which notice, and what a notice entered meanwhile changes."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gongkai.operate.databases.cluster import Cluster
from gongkai.portal.applications import intake
from gongkai.rules.calendar import notice_of
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import running_services, unit
from tests.unit.examples import holidays_announced

DECEMBER = datetime(2026, 12, 28, 2, tzinfo=UTC)
BODY = notice_of(holidays_announced(dated=date(2026, 12, 27))).model_dump(mode="json", by_alias=True)


@pytest.mark.clause("GT-count", "GT-answer")
async def test_the_public_sees_the_calendar_and_the_notice_once_it_is_entered(
    fresh_database: Cluster, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FRESH", 0.0)
    async with (
        running_services(fresh_database, broker, tmp_path, DECEMBER, services=("intake",)) as made,
        portal_app(made, broker),
    ):
        portal = made.clients["portal"]
        page = (await portal.get("/calendar")).text
        assert "全年248个工作日" in page
        assert "国办发明电〔2025〕7号" in page
        assert "尚未公布或者尚未录入" in (await portal.get("/calendar?year=2027")).text
        asked = {"rule": "answer", "day": "2026-12-28"}
        assert "2026-12-31之后还有17个工作日" in (await portal.get("/calendar", params=asked)).text

        await made.say("intake", "/units", "registrar", unit("finance"))
        applied = await made.say(
            "intake",
            "/applications",
            "public",
            {
                "unit": "finance",
                "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
                "request": {"description": "示例区供水价格"},
            },
        )
        found = applied.json()
        form = await portal.get("/progress")
        token = form.text.partition('name="csrf" value="')[2].partition('"')[0]
        look_up = {"receipt": found["receipt"], "code": found["code"], "csrf": token}
        state = (await portal.post("/progress", data=look_up)).text
        assert "尚余17个工作日，待2027年放假安排" in state

        assert (await made.say("intake", "/calendar/notices", "registrar", BODY)).status_code == 201
        assert "全年" in (await portal.get("/calendar?year=2027")).text
        assert "2027年1月26日" in (await portal.get("/calendar", params=asked)).text
        assert "应于2027年1月26日前答复" in (await portal.post("/progress", data=look_up)).text
        english = (await portal.get("/calendar", params={**asked, "lang": "en"})).text
        assert "It ends with" in english
