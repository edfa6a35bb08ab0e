"""The portal's pages over all services, without JavaScript: find, and read."""

import hashlib
import re

import pytest

from tests.integration.portal.conftest import words
from tests.integration.portal.portal_app import publish
from tests.integration.running_services import Services

TEXT = "各街道办事处：\n示例区防汛物资采购办法如下。\n第一条 采购应当公开。\n示例区水务局\n2025年3月3日\n<b>&"

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.clause("GT-portal", "GT-guide", "LS-10b")
async def test_a_published_document_is_read_found_and_downloaded(district: Services) -> None:
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


@pytest.mark.clause("LS-2", "CX-2")
async def test_a_picture_is_stored_published_and_shown(district: Services) -> None:
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


async def test_what_is_not_published_is_not_there(district: Services) -> None:
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


async def test_every_page_is_whole_in_both_languages(counter: Services) -> None:
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


async def test_odd_addresses_get_a_page(counter: Services) -> None:
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
