"""The portal in a real browser: with and without JavaScript, wide and narrow, by keyboard, on paper."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.served import Open

PATHS = ("/", "/documents", "/documents?q=采购", "/institutions", "/reports", "/guide", "/apply", "/progress",
         "/accessibility", "/sitemap", "/nowhere")  # fmt: skip

CONTRAST = """() => {
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r,g,b] = c.map(v => (v /= 255) <= .03928 ? v/12.92 : ((v+.055)/1.055)**2.4);
                       return .2126*r + .7152*g + .0722*b; };
  const ground = e => { for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest('.hidden-text, .skip, [aria-hidden]')) continue;
    const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return poor;
}"""

NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, a, button')]
  .filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
  .map(e => e.outerHTML)"""

LEVELS = "() => [...document.querySelectorAll('main h1, main h2, main h3, main h4')].map(h => +h.tagName[1])"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=True)
    yield context.new_page()
    context.close()


@pytest.mark.clause("GT-access")
def test_every_page_fits_reads_and_is_named(portal: Open, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if "404" not in m.text else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    for path in (*PATHS, f"/documents/{portal.made['document']}", "/?lang=en", "/apply?lang=en"):
        page.goto(portal.url + path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} scrolls sideways"
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate(NAMELESS) == [], path
        levels = page.evaluate(LEVELS)
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), f"{path} {levels}"
    assert complaints == []


def test_the_application_is_always_in_sight(portal: Open, page: Page) -> None:
    page.goto(f"{portal.url}/documents/{portal.made['document']}")
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    assert page.evaluate("scrollY") > 100
    box = page.get_by_role("link", name="依申请公开", exact=True).first.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 120


def test_the_keyboard_reaches_the_content_first(portal: Open, page: Page) -> None:
    page.goto(portal.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.clause("GT-apply", "GT-answer")
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_someone_asks_and_follows(portal: Open, chromium: Browser, script: bool) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{portal.url}/apply")
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_role("alert").is_visible()
    assert page.title().startswith("有误")
    page.get_by_label("受理机关").select_option("water")
    page.get_by_label("所需信息").fill("2025年防汛物资采购合同")
    page.get_by_label("电子", exact=True).check()
    page.get_by_label("网上查询").check()
    page.get_by_label("姓名或者名称").fill("示例申请人")
    page.get_by_label("身份证明").select_option("身份证")
    page.get_by_label("证件号码").fill("000000")
    page.get_by_label("联系方式").fill("示例电话")
    page.get_by_role("button", name="下一步").click()
    assert "示例water局" in page.locator(".answers").inner_text()
    page.get_by_role("button", name="提交申请").click()
    receipt, code = page.locator(".receipt dd").all_inner_texts()
    assert receipt not in page.url
    portal.run(portal.services.settled())
    page.goto(f"{portal.url}/progress")
    page.evaluate("window.same = true")
    page.get_by_label("受理编号").fill(receipt)
    page.get_by_label("查询码").fill("0000000000")
    page.get_by_role("main").get_by_role("button", name="查询").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.id") == "f-receipt"
    assert page.title().startswith("有误")
    page.get_by_label("查询码").fill(code)
    page.get_by_role("main").get_by_role("button", name="查询").click()
    page.get_by_role("heading", name="您的申请正在办理").wait_for()
    assert page.evaluate("window.same === true") is script  # with scripts, no new page
    assert page.locator(".clock .day.due").count() >= 1
    assert code not in page.url
    context.close()


@pytest.mark.clause("GT-portal")
def test_a_document_prints_without_the_furniture(portal: Open, page: Page) -> None:
    page.goto(f"{portal.url}/documents/{portal.made['document']}")
    page.emulate_media(media="print")
    assert page.locator(".paper").is_visible()
    assert page.get_by_text("成文日期").is_visible()
    for furniture in (".pillars", ".tools", ".crumbs", ".contents"):
        found = page.locator(furniture)
        assert not found.count() or not found.first.is_visible()


@pytest.mark.clause("GT-portal")
def test_a_search_refines_the_list_in_place_and_stands_in_the_address(portal: Open, page: Page) -> None:
    page.goto(f"{portal.url}/documents")
    page.evaluate("window.same = true")
    page.get_by_role("searchbox", name="搜索", exact=True).press_sequentially("火星")
    page.get_by_text("没有符合条件的文件").wait_for()
    page.get_by_role("searchbox", name="搜索", exact=True).fill("防汛")
    page.get_by_role("link", name="示例区防汛物资采购办法").wait_for()
    page.wait_for_url("**/documents?q=*")
    assert page.evaluate("window.same") is True  # not a new page: its list only
    assert page.evaluate("document.activeElement.id") == "f-q"
    page.reload()
    assert page.locator("#f-q").input_value() == "防汛"
