"""The console's pages over all services, without JavaScript: sign in, do the next thing, see what was done."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from gongkai.identity import accounts
from gongkai.operate.databases.cluster import Cluster
from tests.integration.console.console_app import Browser, console_app
from tests.integration.running_services import Services, running_services, unit

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
async def district(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[Services, FastAPI]]:
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY) as made,
        console_app(made, broker) as app,
    ):
        for name, more in (("finance", {}), ("water", {}), ("law", {"roles": ["supervision"]})):
            assert (await made.say("intake", "/units", "registrar", unit(name, **more))).status_code == 201
        await made.settled()
        yield made, app


@pytest.fixture
async def lobby(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """The services that signing in needs."""
    async with (
        running_services(fresh_database, broker, tmp_path, MONDAY, services=["intake"]) as made,
        console_app(made, broker) as app,
    ):
        assert (await made.say("intake", "/units", "registrar", unit("finance"))).status_code == 201
        yield app


@pytest.mark.clause("CX-6", "WY-B.3", "WY-B.9", "SC-3.3", "WY-B.4")
async def test_a_document_goes_from_its_form_to_the_portal(district: tuple[Services, FastAPI]) -> None:
    made, app = district
    drafter = await Browser(app).enter("finance-drafter")
    await drafter.open("/documents/new")
    typed = {
        "unit": "finance", "title": "预算公开说明", "category": "official-document", "formed_on": "2025-03-03",
        "body": "全文如下。", "consult/0/unit": "water", "consult/0/kind": "affects", "consult/0/matters": "水费",
        "consult/0/opinion": "拟公开",
    }  # fmt: skip
    refused = await drafter.send("/documents", **typed)
    assert drafter.status == 422
    assert "document.no-attribute" in refused
    assert 'value="预算公开说明"' in drafter.page
    assert "全文如下。</textarea>" in drafter.page
    assert re.search(r'name="attribute"[^>]*autofocus', drafter.page)

    handed_in = await drafter.send("/documents", **typed, attribute="proactive")
    assert "稿件已提交" in handed_in
    path = drafter.at.partition("?")[0]
    await made.settled()

    reviewer = await Browser(app).enter("finance-reviewer")
    assert "预算公开说明" in await reviewer.open("/")
    await reviewer.open(path)
    missing = await reviewer.send(f"{path}/review", opinion="disclose", basis="条例第十九条", reason="")
    assert "上城制度三.4" in missing
    assert "五原制度" not in missing  # the unit is of another county
    assert "条例第十九条</textarea>" in reviewer.page
    assert "审查意见已记录" in await reviewer.send(
        f"{path}/review", opinion="disclose", basis="条例第十九条", reason="不涉密"
    )
    await made.settled()

    officer = await Browser(app).enter("finance-officer")
    assert "还不能发布" in await officer.open(path)

    deputy = await Browser(app).enter("water-deputy")
    await deputy.open(path)
    action = re.search(rf'action="({path}/consultations/[^"]+)"', deputy.page)
    assert action is not None
    assert "consultation.no-reason" in await deputy.send(action[1], agrees="no")
    assert "答复已送达" in await deputy.send(action[1], agrees="yes")
    await made.settled()

    await officer.open(path)
    assert "已发布" in await officer.send(f"{path}/publish")
    shown = await officer.open(path)
    for said in (
        "拟稿《预算公开说明》",
        "保密审查意见：公开",
        "答复征求意见：同意",
        "发布《预算公开说明》",
        "条例第十三条",  # of the national law, where 上城 says nothing of its own
        "上城制度三.4",
    ):
        assert said in shown
    seals = re.findall(r'class="seal" href="(/events/[^"]+)"', officer.page)
    assert len(seals) == 9
    record = await officer.open(seals[-1])
    assert "gongkai.DocumentPublished.v1" in record
    outsider = await Browser(app).enter("law-drafter")  # of the supervising unit: sees all
    await outsider.open(path)
    assert outsider.status == 200


@pytest.mark.clause("WY-B.3")
async def test_a_title_that_was_edited_needs_its_own_review_and_goes_out_anew(
    district: tuple[Services, FastAPI],
) -> None:
    made, app = district
    stored = await made.say(
        "intake",
        "/texts",
        "finance-drafter",
        content="全文。".encode(),
        headers={"Content-Type": "text/plain"},
    )
    draft = {
        "document": "budget",
        "unit": "finance",
        "attribute": "proactive",
        "category": "official-document",
        "digest": stored.json()["digest"],
        "formed_on": "2025-03-03",
    }
    for title in ("预算公开说明", "预算公开说明（更正）"):
        drafted = await made.say("intake", "/documents", "finance-drafter", draft | {"title": title})
        assert drafted.status_code == 201
        await made.settled()
        officer = await Browser(app).enter("finance-officer")
        await officer.open("/documents/budget")
        assert "/documents/budget/publish" not in officer.page
        reviewer = await Browser(app).enter("finance-reviewer")
        await reviewer.open("/documents/budget")
        said = {"opinion": "disclose", "basis": "条例第十九条", "reason": "不涉密"}
        assert "审查意见已记录" in await reviewer.send("/documents/budget/review", **said)
        await made.settled()
        await officer.open("/documents/budget")
        assert "已发布" in await officer.send("/documents/budget/publish")
        await made.settled()


@pytest.mark.clause("GT-answer", "SC-4.1")
async def test_a_late_application_is_answered_and_costs_what_its_evidence_shows(
    district: tuple[Services, FastAPI],
) -> None:
    made, app = district
    application = {
        "unit": "finance",
        "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
        "request": {"description": "2024年决算"},
    }
    received = (await made.say("intake", "/applications", "public", application)).json()
    await made.seen("console", received["place"])
    path = f"/applications/{received['id']}"

    officer = await Browser(app).enter("finance-officer")
    assert "剩余20个工作日" in await officer.open("/")
    shown = await officer.open(path)
    assert "应于2025年3月31日前（含当日）答复" in shown
    assert "示例申请人" in shown

    await made.set_clock(datetime(2025, 4, 2, 1, tzinfo=UTC))
    assert "超期2个工作日" in await officer.open("/applications?tab=late")
    assert "超期2个工作日" in await officer.open("/")
    await officer.open(path)
    empty = await officer.send(f"{path}/answer", kind="disclosed", text="")
    assert "请填写“告知书正文”" in empty
    assert "答复已报请签发" in await officer.send(f"{path}/answer", kind="disclosed", text="现予公开。")
    await made.settled()
    deputy = await Browser(app).enter("finance-deputy")
    await deputy.open(path)
    assert "已签发" in await deputy.send(f"{path}/sign-off", decision="give")
    await until_answered(officer, path)
    assert f"{path}/answer" not in officer.page  # there is one answer, and no second form
    await made.settled()

    assert "94 分" in await officer.open("/scores/finance?year=2025")
    seals = re.findall(r'class="seal" href="(/events/[^"]+)"', officer.page)
    assert len(seals) == 1
    assert "申请超期" in await officer.open(seals[0]) or "答复申请" in officer.page

    supervisor = await Browser(app).enter("law-officer")
    unsealed = await supervisor.open(path)
    assert supervisor.status == 200
    assert "示例申请人" not in unsealed
    assert "只对承办单位有关人员开放" in unsealed
    board = await supervisor.open("/dashboard")
    assert "全部单位" in board
    stranger = await Browser(app).enter("water-officer")
    for closed in (path, seals[0], f"{seals[0]}/record.json"):
        await stranger.open(closed)
        assert stranger.status == 403
    assert received["receipt"] not in await stranger.open("/events")


async def until_answered(browser: Browser, path: str) -> str:
    for _ in range(200):
        if "已按期答复" in (shown := await browser.open(path)) or "工作日答复" in shown:
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(f"never answered: {shown}")


@pytest.mark.clause("CX-17e", "GT-answer")
async def test_an_answer_waits_for_the_deputy_is_returned_withdrawn_and_at_last_signed(
    district: tuple[Services, FastAPI],
) -> None:
    made, app = district
    application = {
        "unit": "finance",
        "applicant": {"name": "示例申请人", "id_number": "000000", "contact": "示例电话"},
        "request": {"description": "2024年决算"},
    }
    received = (await made.say("intake", "/applications", "public", application)).json()
    await made.settled()
    path = f"/applications/{received['id']}"
    officer, deputy = await Browser(app).enter("finance-officer"), await Browser(app).enter("finance-deputy")
    stranger = await Browser(app).enter("finance-drafter")
    assert "本单位报请签发的答复会出现在这里" in await deputy.open("/")

    await officer.open(path)
    await officer.send(f"{path}/answer", kind="disclosed", text="初稿。")
    await made.settled()
    waits = await officer.open(path)
    for said in ("待签发", "轮到 示例finance局", "自 2025年3月3日", "初稿。", "撤回报签", "本单位分管负责人"):
        assert said in waits
    assert "答复申请 " not in await officer.open("/")  # it is the deputy's turn, not his
    assert f'href="{path}#sign"' not in officer.page
    await stranger.open(path)
    assert "初稿。" not in stranger.page
    assert "/sign-off" not in stranger.page

    await deputy.open("/")
    assert f'href="{path}#sign"' in deputy.page
    read = await deputy.open(path)
    assert "初稿。" in read
    assert "示例申请人" in read
    assert "/answer" not in deputy.page
    assert "退回的，应当写明意见" in await deputy.send(f"{path}/sign-off", decision="return")
    assert "已退回" in await deputy.send(f"{path}/sign-off", decision="return", opinion="请写明依据")
    await made.settled()
    returned = await officer.open(path)
    assert "签批退回" in returned
    assert "请写明依据" in returned
    assert "初稿。</textarea>" in officer.page  # to be changed, not typed again
    assert "答复申请 " in await officer.open("/")

    await officer.open(path)
    await officer.send(f"{path}/answer", kind="disclosed", text="二稿。")
    await made.settled()
    await officer.open(path)
    assert "报签已撤回" in await officer.send(f"{path}/withdrawal")
    await made.settled()
    assert "待签发" not in await officer.open(path)
    await deputy.open(path)
    assert "/sign-off" not in deputy.page

    await officer.open(path)
    await officer.send(f"{path}/answer", kind="disclosed", text="三稿。")
    await made.settled()
    await deputy.open(path)
    await deputy.send(f"{path}/sign-off", decision="give")
    shown = await until_answered(officer, path)
    assert "三稿。" in shown
    for said in (
        "拟答复并报请签发",
        "签批：退回",
        "撤回报请签发的答复",
        "签批作废",
        "答复已经签发",
        "条例第四十五条",
    ):
        assert said in shown


async def test_who_isnt_signed_in_gets_the_way_in_and_comes_back(lobby: FastAPI) -> None:
    browser = Browser(lobby)
    await browser.open("/documents?state=ready")
    assert browser.at == "/sign-in?next=/documents%3Fstate%3Dready"
    await browser.send("/sign-in/demo", person="finance-drafter")
    assert browser.at == "/documents?state=ready"
    await browser.send("/sign-out")
    assert browser.at == "/sign-in"
    await browser.open("/")
    assert browser.at == "/sign-in"


async def test_a_form_without_the_sessions_token_changes_nothing(lobby: FastAPI) -> None:
    browser = await Browser(lobby).enter("finance-drafter")
    for action in (
        "/documents",
        "/documents/x/review",
        "/documents/x/publish",
        "/applications/x/answer",
        "/applications/x/sign-off",
        "/applications/x/withdrawal",
        "/sign-out",
    ):
        answer = await browser.client.post(action, data={"csrf": "guessed"})
        assert answer.status_code == 403, action
    answer = await Browser(lobby).client.post("/sign-in/demo", data={"person": "finance-drafter"})
    assert answer.status_code == 403


async def test_the_invented_people_are_offered_in_a_demo_and_nowhere_else(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> None:
    async with (
        running_services(fresh_database, broker, tmp_path, services=["intake"]) as made,
        console_app(made, broker) as app,
    ):
        assert (await made.say("intake", "/units", "registrar", unit("finance"))).status_code == 201
        browser = Browser(app)
        assert "一键进入" not in await browser.open("/sign-in")
        csrf = re.search(r'name="csrf" value="([^"]+)"', browser.page)
        assert csrf is not None
        tried = await browser.client.post(
            "/sign-in/demo", data={"csrf": csrf[1], "person": "finance-drafter"}
        )
        assert tried.status_code == 401
        assert (await browser.client.post("/api/token", json={"person": "registrar"})).status_code == 401

        for file in accounts.PASSWORD_FILE.values():
            assert (tmp_path / file).stat().st_mode & 0o077 == 0
        security = Browser(app)
        await security.open("/sign-in")
        password = (tmp_path / accounts.PASSWORD_FILE["security"]).read_text().strip()
        await security.send("/sign-in", person="security", password=password)
        assert "finance-drafter" in await security.open("/accounts")
        assert "account.weak-password" in await security.send(
            "/accounts", person="finance-head", password="short"
        )
        assert "账号已开通" in await security.send("/accounts", person="finance-head", password="Kaitong-1")
        head = Browser(app)
        await head.open("/sign-in")
        await head.send("/sign-in", person="finance-head", password="Kaitong-1")
        assert head.at == "/password"  # somebody else chose it
        await head.open("/documents")
        assert head.at == "/password"
        before = {"person": "finance-head", "password": "Kaitong-1"}
        refused = await head.client.post("/api/token", json=before)
        assert (refused.status_code, refused.json()["code"]) == (401, "identity.stale-password")
        assert "account.wrong-password" in await head.send("/password", old="x", password="Gengxin-22")
        same = {"old": "Kaitong-1", "password": "Kaitong-1"}
        assert "account.same-password" in await head.send("/password", **same)
        assert "密码已修改" in await head.send("/password", old="Kaitong-1", password="Gengxin-22")
        await head.open("/accounts")
        assert head.status == 403
        token = await head.client.post(
            "/api/token", json={"person": "finance-head", "password": "Gengxin-22"}
        )
        assert token.json()["access_token"].count(".") == 2
