"""The portal's pages over the whole house, without JavaScript: find, read, ask, follow."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from gongkai.runtime.cluster import Cluster
from tests.integration.house import House, house, unit
from tests.integration.portal.street import public_door, publish

MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)  # 09:00 in Shanghai
TEXT = "各街道办事处：\n示例区防汛物资采购办法如下。\n第一条 采购应当公开。\n示例区水务局\n2025年3月3日\n<b>&"

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))

APPLICATION = {
    "unit": "water",
    "request/description": "2024年防汛物资<采购>合同",
    "request/form": "电子",
    "request/delivery": "网上查询",
    "applicant/name": "示例申请人",
    "applicant/id_kind": "身份证",
    "applicant/id_number": "000000",
    "applicant/contact": "示例电话",
    "applicant/address": "",
}


@pytest.fixture
async def district(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database, broker, tmp_path, MONDAY) as made, public_door(made, broker):
        for entry in (unit("water"), unit("bus") | {"kind": "institution"}):
            assert (await made.say("intake", "/units", "registrar", entry)).status_code == 201
        await made.settled()
        yield made


@pytest.fixture
async def counter(fresh_database: Cluster, broker: str, tmp_path: Path) -> AsyncIterator[House]:
    """As much of the house as the forms need."""
    async with (
        house(fresh_database, broker, tmp_path, MONDAY, services=["intake"]) as made,
        public_door(made, broker),
    ):
        assert (await made.say("intake", "/units", "registrar", unit("water"))).status_code == 201
        yield made


def words(answer: httpx.Response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def hidden(answer: httpx.Response) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: unescape(value) for name, value in fields}


@pytest.mark.clause("GT-portal", "GT-guide", "LS-10b")
async def test_a_published_document_is_read_found_and_downloaded(district: House) -> None:
    document = await publish(
        district, "water", TEXT, title="防汛物资采购办法", number="示水〔2025〕1号", summary="规定采购程序"
    )
    portal = district.clients["portal"]

    shown = await portal.get(f"/documents/{document}")
    assert shown.status_code == 200
    text = words(shown)
    assert all(line in text for line in TEXT.splitlines()[:-1])
    assert "&lt;b&gt;&amp;" in shown.text
    for fact in (
        "示水〔2025〕1号",
        "示例water局",
        "2025年3月3日 09:00",
        "规定采购程序",
        "上城制度三.4",
        "条例第二十六条",
        "条例第十三条",
    ):
        assert fact in text
    assert re.search(r"water/2025-[0-9a-f]+", text)
    assert '<meta name="ArticleTitle" content="防汛物资采购办法">' in shown.text
    assert '<meta name="PubDate" content="2025-03-03 09:00">' in shown.text
    assert '<meta name="ContentSource" content="示例water局">' in shown.text
    assert not any(person in shown.text for person in ("water-officer", "water-reviewer", "water-drafter"))

    file = await portal.get(f"/documents/{document}/text")
    assert file.content == TEXT.encode()
    assert hashlib.sha256(file.content).hexdigest() in shown.text
    assert "attachment" in file.headers["content-disposition"]

    for q in ("采购应当", "示水〔2025〕1号", "防汛", "示例区水务局"):
        assert document in (await portal.get("/documents", params={"q": q})).text
    assert "没有符合条件的文件" in words(await portal.get("/documents", params={"q": "火星"}))
    assert document in (await portal.get("/")).text
    assert document in (await portal.get("/documents", params={"unit": "water", "year": "2025"})).text
    assert document in (await portal.get("/sitemap.xml")).text
    assert "防汛物资采购办法" in (await portal.get("/documents.csv", params={"q": "防汛"})).text


async def test_what_is_not_published_is_not_there(district: House) -> None:
    draft = await district.clients["intake"].post(
        "/texts",
        content="草稿内容".encode(),
        headers=district.bearer("water-drafter") | {"Content-Type": "text/plain"},
    )
    body = {
        "unit": "water",
        "title": "未发布的草稿",
        "attribute": "proactive",
        "digest": draft.json()["digest"],
        "formed_on": "2025-03-03",
    }
    document = (await district.say("intake", "/documents", "water-drafter", body)).json()["id"]
    await district.settled()
    portal = district.clients["portal"]
    missing = await portal.get(f"/documents/{document}")
    assert missing.status_code == 404
    assert "没有找到这个页面" in words(missing)
    assert missing.headers["content-security-policy"]
    assert "未发布的草稿" not in (await portal.get("/documents")).text


COLUMNS = {
    "/": "首页",
    "/documents": "信息公开目录",
    "/institutions": "政策文件",
    "/reports": "信息公开年报",
    "/guide": "信息公开指南",
    "/apply": "依申请公开",
    "/progress": "依申请公开",
    "/accessibility": "",
    "/sitemap": "",
}


async def test_every_page_is_whole_in_both_languages(counter: House) -> None:
    portal = counter.clients["portal"]
    for path, column in COLUMNS.items():
        page = await portal.get(path)
        assert page.status_code == 200, path
        assert '<html lang="zh-CN"' in page.text
        assert '<meta name="SiteName"' in page.text
        assert f'<meta name="ColumnType" content="{column}">' in page.text or not column
        assert page.text.count("<h1") == 1
        assert "模拟时钟" in page.text
        for pillar in ("指南", "制度", "法定主动公开内容", "年报", "依申请公开"):
            assert pillar in page.text
        assert not re.search(r'\sstyle="|<script(?![^>]*src=)|\son[a-z]+="', page.text)
        english = await portal.get(path, params={"lang": "en"})
        assert '<html lang="en"' in english.text
        portal.cookies.clear()


@pytest.mark.clause("GT-apply", "GT-answer", "GT-whom")
async def test_an_application_is_checked_sent_followed_and_answered(district: House) -> None:
    portal = district.clients["portal"]
    form = await portal.get("/apply", params={"unit": "water"})
    assert 'value="water" selected' in form.text
    assert 'value="bus"' not in form.text
    wrong = await portal.post("/apply/check", data=hidden(form) | APPLICATION | {"applicant/contact": ""})
    assert wrong.status_code == 422
    assert "请填写联系方式" in wrong.text
    assert 'value="示例申请人"' in wrong.text
    assert "2024年防汛物资&lt;采购&gt;合同</textarea>" in wrong.text
    assert re.search(r'name="applicant/contact"[^>]*autofocus', wrong.text)

    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    assert check.status_code == 200
    back = await portal.post("/apply", data=hidden(check))
    assert "示例电话" in back.text
    sent = await portal.post("/apply/send", data=hidden(check))
    receipt, code = re.findall(r'<dd class="code">([^<]+)</dd>', sent.text)
    again = await portal.post("/apply/send", data=hidden(check))
    assert receipt in again.text
    assert await _applications(district) == 1
    assert sent.headers["cache-control"] == "no-store"

    async def look(code: str, receipt: str = receipt) -> httpx.Response:
        page = await portal.get("/progress")
        answer = await portal.post("/progress", data=hidden(page) | {"receipt": receipt, "code": code})
        assert answer.url.query == b""
        return answer

    await district.settled()
    follow = await look(code)
    assert "您的申请正在办理" in words(follow)
    assert "2025年3月31日" in words(follow)
    assert "条例第三十三条" in words(follow)
    unknown, guess = await look("0000000000", "20250303-00000000"), await look("0000000000")
    assert unknown.status_code == guess.status_code == 422
    assert re.sub(r'value="[^"]*"', "", unknown.text) == re.sub(r'value="[^"]*"', "", guess.text)

    await district.set_clock(datetime(2025, 4, 2, 1, tzinfo=UTC))
    assert "超期2个工作日" in words(await look(code))
    application = await _application(district)
    answer = {"kind": "disclosed", "text": "示例申请人：\n现予公开。"}
    given = await district.say("intake", f"/applications/{application}/answer", "water-officer", answer)
    assert given.status_code == 201, given.text
    answered = words(await look(code))
    assert "您的申请已经答复" in answered
    assert "现予公开。" in answered
    assert "超期2个工作日" in answered


async def test_guessing_codes_ends_after_five_and_says_when_to_come_back(counter: House) -> None:
    portal = counter.clients["portal"]
    page = await portal.get("/progress")
    data = hidden(page) | {"receipt": "20250303-00000000", "code": "x"}
    codes = [(await portal.post("/progress", data=data)).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]
    last = await portal.post("/progress", data=data)
    assert int(last.headers["retry-after"]) > 200


async def test_a_form_from_elsewhere_is_not_taken_and_nothing_typed_is_lost(counter: House) -> None:
    portal = counter.clients["portal"]
    await portal.get("/apply")
    stolen = await portal.post("/apply/send", data=APPLICATION | {"csrf": "x" * 43, "key": str(uuid4())})
    assert stolen.status_code == 403
    assert 'value="示例申请人"' in stolen.text
    assert await _applications(counter) == 0
    assert (await portal.post("/progress", data={"receipt": "a", "code": "b"})).status_code == 403


async def test_intake_away_keeps_what_was_typed(counter: House) -> None:
    portal = counter.clients["portal"]
    form = await portal.get("/apply")
    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    desk = portal._transport.app.state.desk  # type: ignore[attr-defined]  # the transport of this test
    desk.intake.url = "http://127.0.0.1:1"
    desk.intake.http = httpx.AsyncClient()
    sent = await portal.post("/apply/send", data=hidden(check))
    assert sent.status_code == 503
    assert "没有提交，也没有丢失" in sent.text
    assert 'value="示例申请人"' in sent.text
    page = await portal.get("/progress")
    follow = await portal.post("/progress", data=hidden(page) | {"receipt": "r", "code": "c"})
    assert follow.status_code == 503
    assert (await portal.get("/guide")).status_code == 200
    await desk.intake.http.aclose()


async def test_nothing_of_a_person_is_in_a_log_or_an_address(
    counter: House, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    portal = counter.clients["portal"]
    caplog.set_level("WARNING")
    form = await portal.get("/apply")
    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    sent = await portal.post("/apply/send", data=hidden(check))
    receipt, code = re.findall(r'<dd class="code">([^<]+)</dd>', sent.text)
    page = await portal.get("/progress")
    await portal.post("/progress", data=hidden(page) | {"receipt": receipt, "code": code})
    out, err = capfd.readouterr()
    logged = out + err + caplog.text
    for secret in ("示例申请人", "示例电话", "防汛物资", code):
        assert secret not in logged
    assert all(response.url.query == b"" for response in (check, sent))


async def test_odd_addresses_get_a_page(counter: House) -> None:
    portal = counter.clients["portal"]
    for path, status in (
        ("/nowhere", 404),
        ("/documents/..%2f..", 404),
        ("/documents/%00", 404),
        ("/documents?q=" + "长" * 300, 400),
        ("/documents?year=abc&category=zzz&sort=odd&after=e30&before=e30", 200),
        ("/documents?q=%00", 422),
    ):
        page = await portal.get(path)
        assert page.status_code == status, path
        assert "<h1" in page.text
    assert (await portal.get("/apply/send")).status_code == 303
    assert (await portal.delete("/")).status_code == 405


async def _applications(district: House) -> int:
    names = await district.parts["intake"].pool.fetch(
        "SELECT record FROM log_entry WHERE stream LIKE 'application-%'"
    )
    return len(names)


async def _application(district: House) -> str:
    record = await district.parts["intake"].pool.fetchval(
        "SELECT record FROM log_entry WHERE stream LIKE 'application-%' LIMIT 1"
    )
    return str(json.loads(record)["data"]["application"])


@pytest.mark.clause("LS-2", "CX-2")
async def test_a_picture_is_stored_published_and_shown(district: House) -> None:
    document = await publish(
        district,
        "water",
        PICTURE,
        media_type="image/png",
        title="水位示意图",
        category="other",
        summary="城区水位",
    )
    portal = district.clients["portal"]
    page = await portal.get(f"/documents/{document}")
    assert f'<img src="/documents/{document}/text?shown=true" alt="城区水位">' in page.text
    assert "下载（.png）" in words(page)
    shown = await portal.get(f"/documents/{document}/text", params={"shown": "true"})
    kept = await portal.get(f"/documents/{document}/text")
    assert shown.content == kept.content == PICTURE
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    assert kept.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"


@pytest.mark.clause("GT-whom", "GT-scope", "LS-12", "SC-A1.3")
async def test_whom_to_apply_to_is_what_the_register_says(counter: House) -> None:
    intake, portal = counter, counter.clients["portal"]
    for entry in (
        unit("grain", superior="water", body={"name": "粮食局办公室", "phone": "0000-0000000"}),
        unit("branch", superior="water", kind="branch"),
        unit("bus", kind="institution"),
    ):
        assert (await intake.say("intake", "/units", "registrar", entry)).status_code == 201
    ending = {"kind": "merged", "on": "2025-03-03", "successors": [{"unit": "water"}]}
    assert (await intake.say("intake", "/units/grain/ending", "registrar", ending)).status_code == 201
    guide = await portal.get("/guide")
    assert "示例grain局 自2025年3月3日起不再存续" in words(guide)
    assert "按行业规定" in words(guide)
    assert words(guide).count("向示例water局申请") == 2
    form = await portal.get("/apply", params={"unit": "grain"})
    assert "“示例grain局”已不再存续，请向“示例water局”申请。" in words(form)
    assert '<option value="water" selected>' in form.text
    assert 'value="branch"' not in form.text
