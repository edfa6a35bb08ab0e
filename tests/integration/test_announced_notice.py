"""2027 is awaited until its notice is entered; entering it moves the open deadlines and nothing else (GT-count)."""

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from gongkai.cli.commands import deadlines
from gongkai.contracts.events import HolidaysAnnounced, decode
from gongkai.demo.projection_check import compare
from gongkai.demo.score_recount import Recount
from gongkai.ledger import read
from gongkai.operate.databases.cluster import MONITOR, Cluster
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed_logs
from gongkai.rules.calendar import notice_of, official
from gongkai.runtime.topology import log_for
from tests.integration.answering import answered
from tests.integration.console.console_app import Browser, console_app
from tests.integration.running_services import Services, running_services, unit
from tests.integration.test_slice import draft, text
from tests.unit.examples import holidays_announced

DECEMBER = datetime(2026, 12, 28, 2, tzinfo=UTC)
EVENT = holidays_announced(dated=date(2026, 12, 27))
WITH_2027 = official().with_year(notice_of(EVENT))
BODY: dict[str, Any] = notice_of(EVENT).model_dump(mode="json", by_alias=True)


def application(unit_: str, received_on: str | None = None) -> dict[str, Any]:
    applicant = {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"}
    request = {"description": "示例区供水价格"}
    said = {"unit": unit_, "applicant": applicant, "request": request}
    return said | ({"channel": "letter", "received_on": received_on} if received_on else {})


async def timers(made: Services) -> dict[str, date]:
    """Of both services that have them: which day each timer's day of the law is over."""
    found = {}
    for name in ("intake", "review"):
        for row in await made.deps[name].pool.fetch("SELECT stream, due_at FROM timer WHERE NOT fired"):
            found[row["stream"]] = row["due_at"].date()  # 16:00 UTC of the due day: midnight in Shanghai
    return found


async def until(made: Services, wanted: dict[str, date]) -> None:
    for _ in range(200):
        if await timers(made) == wanted:
            return
        await asyncio.sleep(0.05)
    assert await timers(made) == wanted


async def facts(made: Services) -> dict[str, list[bytes]]:
    """Every record of every log."""
    pool = made.deps["intake"].pool
    return {
        name: [e.raw async for batch in read.all_entries(pool, log) for e in batch]
        for name, log in installed_logs().items()
    }


async def projected(cluster: Cluster) -> dict[str, str]:
    """The digest of every projection, each of which is what a rebuild from nothing gives."""
    tables, failed = await compare(cluster.dsn(MONITOR))
    assert not failed
    assert all(table.equal for table in tables)
    return {table.table: table.live for table in tables}


async def a_december(made: Services) -> tuple[str, str]:
    """Closed cases, and three open ones that fall due next year. The application that is open, and the overdue one."""
    for name in ("finance", "water"):
        await made.say("intake", "/units", "registrar", unit(name))
    await made.say("intake", "/units", "registrar", unit("office", roles=["authority"]))
    await made.say("intake", "/units", "registrar", unit("wuyuan", jurisdiction="wy"))

    # what is closed: an application answered in time, one that went overdue
    closed = (await made.say("intake", "/applications", "public", application("finance"))).json()["id"]
    await answered(made, closed, "finance")
    overdue = (
        await made.say("intake", "/applications", "finance-officer", application("finance", "2026-11-02"))
    ).json()["id"]
    # what is open past the last notice: an application, a consultation, a review
    asked = await made.say("intake", "/applications", "public", application("water"))
    assert asked.status_code == 201, "an application is accepted all the same"
    open_one = asked.json()["id"]
    digest = await text(made, "示例区预算公开说明。")
    needs = [{"unit": "water", "kind": "coordinate", "matters": "水费", "opinion": "拟公开"}]
    await made.say("intake", "/documents", "finance-drafter", draft(digest, consult=needs))
    local = draft(await text(made, "示例县说明。", "wuyuan"), unit="wuyuan")
    assert (await made.say("intake", "/documents", "wuyuan-drafter", local)).status_code == 201
    await made.settled()
    for _ in range(200):
        if "ApplicationOverdue" in {decode(e.record).NAME for e in await newest(made, "intake")}:
            break
        await asyncio.sleep(0.05)
    await made.settled()
    assert await timers(made) == {}
    return open_one, overdue


async def the_day_passes(made: Services, app: FastAPI, open_one: str, overdue: str, consulted: str) -> None:
    """Silence is a fact by the calendar that was entered, says so, and counts in the year of its due day."""
    await made.set_clock(datetime(2027, 1, 27, 2, tzinfo=UTC))
    await until(made, {})
    await made.settled()
    (lapsed,) = [e for e in await judged(made, "review") if e.NAME == "ConsultationLapsed"]
    (late_one, *_) = [
        e
        for e in await judged(made, "intake")
        if getattr(e, "application", "") == open_one and e.NAME == "ApplicationOverdue"
    ]
    assert (lapsed.due, lapsed.calendar) == (date(2027, 1, 5), WITH_2027.version)
    assert (late_one.due, late_one.calendar) == (date(2027, 1, 26), WITH_2027.version)
    count = Recount()
    count.read([raw for raws in (await facts(made)).values() for raw in raws])
    items = count.items(datetime(2027, 1, 27, 2, tzinfo=UTC))
    rows = await app.state.deps.pool.fetch("SELECT unit, year, indicator, case_of, points FROM score_item")
    assert {tuple(row) for row in rows} == items
    assert {(item.year, item.case) for item in items} == {
        (2026, f"application-{overdue}"), (2027, f"application-{open_one}"), (2027, consulted),
    }  # fmt: skip


@pytest.mark.clause("GT-count", "GT-answer", "SC-3.3")
async def test_the_notice_moves_the_open_deadlines_and_nothing_else(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with (
        running_services(fresh_database, broker, tmp_path, DECEMBER) as made,
        console_app(made, broker) as app,
    ):
        open_one, overdue = await a_december(made)
        officer = await Browser(app).enter("water-officer")
        words = await officer.open(f"/applications/{open_one}")
        assert "12月31日后尚余17个工作日" in words
        assert "待国务院2027年放假安排公布后确定" in words
        assert "2026-12-31之后还有17个工作日，待2027年节假日安排通知" in await officer.open("/")
        reviewer = await Browser(app).enter("wuyuan-reviewer")
        assert "待2027年节假日安排通知" in await reviewer.open("/")

        before, shown = await facts(made), await projected(fresh_database)
        for nobody in ("finance-officer", "public"):
            refused = await made.say("intake", "/calendar/notices", nobody, BODY)
            assert (refused.status_code, refused.json()["code"]) == (403, "rights.calendar")
        late = await made.say("intake", "/calendar/notices", "office-officer", BODY | {"year": 2028})
        assert (late.status_code, late.json()["code"], late.json()["field"]) == (422, "calendar.gap", "/year")
        assert await facts(made) == before

        entered = await made.say("intake", "/calendar/notices", "office-officer", BODY)
        assert entered.status_code == 201, entered.text
        await made.settled()

        consulted = (await newest(made, "review", "consultation-"))[0].stream
        await until(made, {f"application-{open_one}": date(2027, 1, 26), consulted: date(2027, 1, 5)})
        after = await facts(made)
        assert {name: raws[: len(before[name])] for name, raws in after.items()} == before
        assert {
            name: len(raws) - len(before[name]) for name, raws in after.items() if raws != before[name]
        } == {"intake": 1}
        told = decode((await newest(made, "intake"))[-1].record)
        assert isinstance(told, HolidaysAnnounced)
        assert told.calendar == WITH_2027.version
        again = await projected(fresh_database)
        assert {name for name, digest in again.items() if digest != shown[name]} == {"console.event"}
        for name in ("intake", "review", "publishing", "scoring", "console"):
            assert made.deps[name].replica.calendar.version == WITH_2027.version, name

        assert "2027年1月26日" in await officer.open(f"/applications/{open_one}")
        assert "待2027年" not in await officer.open("/")
        assert "待2027年" not in await reviewer.open("/")

        await the_day_passes(made, app, open_one, overdue, consulted)
        await projected(fresh_database)

    # another start folds the same from the log
    async with running_services(fresh_database, broker, tmp_path) as made:
        assert made.deps["review"].replica.calendar.version == WITH_2027.version
        assert await timers(made) == {}


async def newest(made: Services, log: str, prefix: str = "") -> list[read.Entry]:
    pool = made.deps[log].pool
    if prefix:
        return await read.streams_with_prefix(pool, log_for(log), prefix, -1)
    return await read.after(pool, log_for(log), -1)


async def judged(made: Services, log: str) -> list[Any]:
    return [decode(entry.record) for entry in await newest(made, log)]


async def test_a_notice_may_be_entered_twice_and_is_one_fact(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with running_services(fresh_database, broker, tmp_path, DECEMBER, services=("intake",)) as made:
        first = await made.say("intake", "/calendar/notices", "registrar", BODY)
        again = await made.say("intake", "/calendar/notices", "registrar", BODY)
        assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
        known = (await made.ask("intake", "/calendar/notices", "public")).json()
        assert (known["last_year"], known["version"]) == (2027, WITH_2027.version)
        assert known["notices"][-1] == BODY
        wrong = BODY | {"holidays": [{**BODY["holidays"][0], "make_up": ["2027-01-05"]}]}
        refused = await made.say("intake", "/calendar/notices", "registrar", wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, "/holidays/0")
        assert "周末" in refused.json()["title"]


@pytest.mark.clause("GT-count", "GT-answer")
async def test_the_command_line_counts_by_what_was_entered(
    fresh_database: Cluster, broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Deployment(tmp_path, "127.0.0.1", {}, broker, fresh_database)
    monkeypatch.setattr(Deployment, "running", lambda _: here)
    asked = ("deadline", "--rule", "GT-answer", "--received", "2026-12-28", "--json", "--data", str(tmp_path))

    def told(*words: str) -> Any:
        result = CliRunner().invoke(deadlines.app, words)
        return json.loads(result.stdout) if result.exit_code == 0 else result.stderr

    async with running_services(fresh_database, broker, tmp_path, DECEMBER, services=("intake",)) as made:
        assert (await asyncio.to_thread(told, *asked))["awaits"] == 2027
        await made.say("intake", "/calendar/notices", "registrar", BODY)
        after = await asyncio.to_thread(told, *asked)
        assert (after["due"], after["calendar"]) == ("2027-01-26", WITH_2027.version)
        year = ("calendar", "--year", "2027", "--json")
        entered = await asyncio.to_thread(told, *year, "--data", str(tmp_path))
        assert entered["working_days"] == [str(day) for day in WITH_2027.working_days(2027)]
        assert "No holiday notice for 2027" in await asyncio.to_thread(told, *year)  # what is shipped alone
