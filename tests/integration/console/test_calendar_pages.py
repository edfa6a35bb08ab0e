"""The calendar and the rulebooks on the console: to read, to count by, and to enter the next year's notice."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gongkai.operate.databases.cluster import Cluster
from gongkai.rules.calendar import notice_of
from tests.integration.console.console_app import Browser, console_app
from tests.integration.running_services import running_services, unit
from tests.unit.examples import holidays_announced

DECEMBER = datetime(2026, 12, 28, 2, tzinfo=UTC)
NOTICE = notice_of(holidays_announced(dated=date(2026, 12, 27)))


def rows() -> dict[str, str]:
    """The notice as it is typed into the form."""
    typed = {"year": "2027", "number": NOTICE.number, "title": NOTICE.title, "dated": "2026-12-27"}
    for n, holiday in enumerate(NOTICE.holidays):
        at = f"holidays/{n}"
        typed |= {f"{at}/zh": holiday.zh, f"{at}/from": str(holiday.first), f"{at}/to": str(holiday.last)}
        typed[f"{at}/make_up"] = " ".join(map(str, holiday.make_up))
    return typed


def as_file() -> str:
    head = f"notices:\n- year: 2027\n  number: {NOTICE.number}\n  dated: 2026-12-27\n  title: {NOTICE.title}\n  holidays:\n"
    return head + "".join(
        f"  - {{code: {h.code}, zh: {h.zh}, en: {h.en.replace(chr(39), '')}, from: {h.first}, to: {h.last}, "
        f"make_up: [{', '.join(map(str, h.make_up))}]}}\n"
        for h in NOTICE.holidays
    )


@pytest.mark.clause("GT-count")
async def test_officers_read_count_and_enter_the_notice(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with (
        running_services(fresh_database, broker, tmp_path, DECEMBER, services=("intake",)) as made,
        console_app(made, broker) as app,
    ):
        await made.say("intake", "/units", "registrar", unit("finance"))
        await made.say("intake", "/units", "registrar", unit("office", roles=["authority"]))
        clerk = await Browser(app).enter("finance-drafter")
        words = await clerk.open("/calendar")
        assert "全年248个工作日" in words
        assert "国办发明电〔2025〕7号" in words
        assert clerk.page.count('class="square worked"') == 6 + 1  # and one in the key
        assert "录入节假日安排通知" not in words
        assert "待国务院办公厅通知" in await clerk.open("/calendar?year=2027")
        asked = "/calendar?where=sc&rule=answer&day=2026-09-10&from0=2026-09-14&to0=2026-09-18"
        assert "2026年10月21日 周三" in await clerk.open(asked)
        assert "2026-12-31之后还有17个工作日" in await clerk.open("/calendar?rule=answer&day=2026-12-28")
        assert "日期应写作" in await clerk.open("/calendar?day=yesterday")
        assert "一年以内" in await clerk.open("/calendar?day=2026-03-02&from0=2026-03-09&to0=2026-03-06")
        assert "早于已录入" in await clerk.open("/calendar?day=2017-03-02")
        assert "最迟2026年3月8日" in await clerk.open(
            "/calendar?where=wy&rule=least.hearing-notice&day=2026-03-18"
        )
        await clerk.open("/calendar/notice")
        assert clerk.status == 403

        chief = await Browser(app).enter("office-officer")
        await chief.open("/calendar/notice")
        told = await chief.send("/calendar/notice", **rows() | {"holidays/3/make_up": "2027-05-10"})
        assert chief.status == 422
        assert "2027-05-10不是周末" in told
        assert 'value="2027-05-10"' in chief.page
        told = await chief.send("/calendar/notice", **rows() | {"holidays/5/from": "", "holidays/5/to": ""})
        assert "缺少法定节日：中秋" in told
        told = await chief.send("/calendar/notice", **rows() | {"dated": "tomorrow"})
        assert re.search(r'id="f-dated"[^>]*aria-invalid', chief.page)

        told = await chief.send("/calendar/notice", text=as_file().replace("2027-05-08", "2027-05-07"))
        assert "notice.yaml:10" in told
        told = await chief.send(
            "/calendar/notice",
            files={
                "file": ("2027.yaml", as_file().replace("year: 2027", "year: 2028").encode(), "text/yaml")
            },
        )
        assert "2027.yaml:2 尚未录入2027年的通知" in told
        twice = as_file() + as_file().partition("\n")[2]
        assert "一次录入一个通知" in await chief.send("/calendar/notice", text=twice)

        told = await chief.send(
            "/calendar/notice", files={"file": ("2027.yaml", as_file().encode(), "text/yaml")}
        )
        assert chief.at == "/calendar?year=2027&done=notice"
        assert "通知已录入" in told
        assert NOTICE.number in told
        assert "2028 待公布" in told
        assert "录入2027年节假日安排" in await clerk.open("/events")
        assert "2027年1月26日 周二" in await clerk.open("/calendar?rule=answer&day=2026-12-28")

        await chief.open("/calendar/notice")
        await chief.send("/calendar/notice", **rows() | {"year": "2027"})
        assert (
            chief.at == "/calendar?year=2027&done=notice"
        )  # the names differ by an apostrophe: a correction


@pytest.mark.clause("GT-since")
async def test_a_jurisdictions_rules_are_shown_with_clause_and_reading(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with (
        running_services(fresh_database, broker, tmp_path, DECEMBER, services=("intake",)) as made,
        console_app(made, broker) as app,
    ):
        await made.say("intake", "/units", "registrar", unit("wuyuan", jurisdiction="wy"))
        clerk = await Browser(app).enter("wuyuan-drafter")
        words = await clerk.open("/rules")
        assert clerk.at == "/rules/wy"
        assert "95分起优秀" in words
        assert "县级制度不能为市级机构设定职责" in words
        assert "重大行政决策程序暂行条例第十五条" in words
        assert "15个工作日" in await clerk.open("/rules/cn?on=2019-05-14")
        assert "没有生效的规则" in await clerk.open("/rules/cn?on=2001-01-01")
        await clerk.open("/rules/xx")
        assert clerk.status == 404
