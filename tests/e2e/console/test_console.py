"""The console in a real browser: what scripts refine, what keyboards reach, and that it fits phone and desk."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.served import Open

WIDTHS = {"phone": 390, "desk": 1280}


@pytest.fixture
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        viewport={"width": getattr(request, "param", 1280), "height": 900}, locale="zh-CN"
    )
    yield made
    made.close()


def enter(context: BrowserContext, console: Open, person: str, complaints: list[str] | None = None) -> Page:
    """Sign in as one of the invented people, by the one click; what the browser complains of is kept."""
    page = context.new_page()
    if complaints is not None:
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(console.url + "/sign-in")
    page.click(f'button[value="{person}"]')
    page.wait_for_url(console.url + "/")
    return page


@pytest.fixture(scope="module")
def cases(console: Open) -> dict[str, str]:
    """A draft, an application that is late, and one that isn't; the clock stands at 2 April 2026."""

    async def make() -> dict[str, str]:
        services = console.services
        text = await services.clients["intake"].post(
            "/texts",
            content=f"全文。{secrets.token_hex(4)}".encode(),
            headers=services.bearer("finance-drafter") | {"Content-Type": "text/plain"},
        )
        draft = {
            "unit": "finance", "title": "预算公开说明", "attribute": "proactive", "digest": text.json()["digest"],
            "formed_on": "2026-03-02",
            "consult": [{"unit": "water", "kind": "affects", "matters": "水费", "opinion": "拟公开"}],
        }  # fmt: skip
        document = (await services.say("intake", "/documents", "finance-drafter", draft)).json()
        late = (await services.say("intake", "/applications", "public", _application())).json()
        await services.settled()
        await services.set_clock(datetime(2026, 4, 2, 1, tzinfo=UTC))
        new = (await services.say("intake", "/applications", "public", _application())).json()
        await services.seen("console", new["place"])
        return {"document": document["id"], "late": late["id"], "new": new["id"]}

    return console.run(make())


def _application() -> dict[str, Any]:
    return {
        "unit": "finance",
        "applicant": {"name": "示例申请人", "id_number": secrets.token_hex(4), "contact": "示例电话"},
        "request": {"description": "2025年决算"},
    }


PAGES = (
    "/", "/documents", "/documents/new", "/documents/{document}", "/applications", "/applications/{late}",
    "/applications/{new}", "/dashboard", "/scores", "/scores/finance", "/events", "/nowhere",
    "/contracts", "/contracts/events/DocumentDrafted.v1",
)  # fmt: skip


@pytest.mark.parametrize("context", WIDTHS.values(), ids=WIDTHS, indirect=True)
def test_every_page_fits_has_one_heading_and_names_its_fields(
    context: BrowserContext, console: Open, cases: dict[str, str]
) -> None:
    complaints: list[str] = []
    page = enter(context, console, "finance-officer", complaints)
    for path in PAGES:
        for language in ("zh", "en"):
            page.goto(f"{console.url}{path.format(**cases)}?lang={language}", wait_until="networkidle")
            width = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert width == 0, path
            assert page.locator("h1").count() == 1, path
            assert page.evaluate(UNNAMED) == [], path
    assert [c for c in complaints if "404" not in c] == []


UNNAMED = """
    [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
      .filter((field) => !field.labels?.length).map((field) => field.name)
"""


def test_a_refused_draft_comes_back_with_the_field_in_focus(context: BrowserContext, console: Open) -> None:
    page = enter(context, console, "finance-drafter")
    page.goto(console.url + "/documents/new")
    page.fill("#f-title", "预算公开说明")
    page.fill("#f-body", "全文。")
    page.get_by_role("button", name="提交并送审").click()
    assert page.locator("[role=alert]").inner_text().startswith("未能提交")
    assert page.evaluate("document.activeElement.name") == "attribute"
    assert page.input_value("#f-title") == "预算公开说明"
    page.locator("[role=alert] a").click()
    assert page.url.endswith("#f-attribute")


def test_a_filter_refines_the_list_and_stands_in_the_address(
    context: BrowserContext, console: Open, cases: dict[str, str]
) -> None:
    page = enter(context, console, "finance-officer")
    page.goto(console.url + "/documents")
    page.evaluate("window.same = true")
    page.select_option("select[name=state]", "published")
    page.wait_for_url("**/documents?*state=published*")
    page.get_by_text("没有符合条件的文件").wait_for()
    assert page.evaluate("window.same") is True  # not a new page: its part only
    page.reload()
    assert page.input_value("select[name=state]") == "published"


def test_the_dashboard_draws_its_tables_and_keeps_them(
    context: BrowserContext, console: Open, cases: dict[str, str]
) -> None:
    complaints: list[str] = []
    page = enter(context, console, "law-officer", complaints)
    page.goto(console.url + "/dashboard", wait_until="networkidle")
    assert page.locator("#chart-units.drawn svg").count() == 1
    assert page.locator("#table-units tbody tr").count() == 1
    page.locator("a.figure.late").click()
    page.get_by_text("超期3个工作日").wait_for()
    assert complaints == []


def test_without_scripts_everything_is_there(chromium: Browser, console: Open, cases: dict[str, str]) -> None:
    plain = chromium.new_context(java_script_enabled=False)
    page = enter(plain, console, "law-officer")
    page.goto(console.url + "/dashboard")
    assert page.locator("#table-units").is_visible()
    assert not page.locator("#chart-units").is_visible()
    page.goto(console.url + "/documents")
    page.select_option("select[name=state]", "published")
    page.get_by_role("button", name="筛选").click()
    assert "state=published" in page.url
    plain.close()


@pytest.mark.parametrize("context", WIDTHS.values(), ids=WIDTHS, indirect=True)
def test_the_clock_says_every_day_and_shows_flag_and_line(
    context: BrowserContext, console: Open, cases: dict[str, str]
) -> None:
    page = enter(context, console, "finance-officer")
    page.goto(f"{console.url}/applications/{cases['late']}")
    days = page.locator(".clock ol > .day")
    assert page.locator(".clock .day.due .flag").is_visible()
    assert page.locator(".clock ol .day.today").inner_text().startswith("2026年4月2日")
    assert page.locator(".clock ol .day.over.counts").count() == 3
    assert days.count() == 32  # 2 March to 2 April
    box = days.first.bounding_box()
    assert box is not None
    assert box["width"] >= 24  # WCAG 2.2, target size


def test_a_keyboard_reaches_the_content_first(context: BrowserContext, console: Open) -> None:
    page = enter(context, console, "finance-officer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")


def test_a_document_is_read_as_it_will_be_published(
    context: BrowserContext, console: Open, cases: dict[str, str]
) -> None:
    page = enter(context, console, "finance-officer")
    page.goto(f"{console.url}/documents/{cases['document']}")
    assert page.locator("article.paper p").first.inner_text().startswith("全文。")
    assert page.locator("h1").count() == 1


def test_who_may_not_see_a_page_keeps_the_menu(context: BrowserContext, console: Open) -> None:
    page = enter(context, console, "finance-officer")
    page.goto(console.url + "/accounts")
    assert page.get_by_role("heading", name="“管理账号”须由下列人员办理：安全管理员").is_visible()
    assert page.get_by_role("link", name="工作台", exact=True).is_visible()


def test_all_that_is_missing_in_a_draft_is_said_at_once(context: BrowserContext, console: Open) -> None:
    page = enter(context, console, "finance-drafter")
    page.goto(console.url + "/documents/new")
    page.get_by_role("button", name="提交并送审").click()
    said = page.locator("[role=alert]").inner_text()
    assert "请填写“标题”" in said
    assert "正文为空" in said
    assert page.evaluate("document.activeElement.name") == "title"
