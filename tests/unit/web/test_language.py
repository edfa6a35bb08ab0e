"""中文 first; English by ?lang=en, and then by the cookie."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.datastructures import URL
from starlette.responses import PlainTextResponse

from gongkai.web import add_page_middleware, mount_static, t
from gongkai.web.language import other_language_address


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def page() -> PlainTextResponse:
        return PlainTextResponse(t("你好", "hello"))

    add_page_middleware(app)
    mount_static(app)
    return app


async def ask(app: FastAPI, path: str, cookie: str = "") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web.test") as client:
        return await client.get(path, headers={"Cookie": cookie} if cookie else {})


async def test_chinese_unless_asked_otherwise(app: FastAPI) -> None:
    assert (await ask(app, "/")).text == "你好"
    english = await ask(app, "/?lang=en")
    assert english.text == "hello"
    assert "gongkai_lang=en" in english.headers["set-cookie"]


async def test_the_choice_is_remembered_and_can_be_undone(app: FastAPI) -> None:
    assert (await ask(app, "/", "gongkai_lang=en")).text == "hello"
    assert (await ask(app, "/?lang=zh", "gongkai_lang=en")).text == "你好"


@pytest.mark.parametrize("cookie", ["gongkai_lang=fr", "a=b; ;;=", "gongkai_lang"])
async def test_a_strange_cookie_or_language_is_no_reason_to_refuse(app: FastAPI, cookie: str) -> None:
    assert (await ask(app, "/?lang=fr", cookie)).text == "你好"


async def test_every_answer_carries_the_headers(app: FastAPI) -> None:
    for path in ("/", "/static/web/tokens.css", "/nowhere"):
        headers = (await ask(app, path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"


async def test_pages_are_not_kept_and_files_are(app: FastAPI) -> None:
    assert (await ask(app, "/")).headers["cache-control"] == "no-store"
    assert "max-age" in (await ask(app, "/static/web/base.css")).headers["cache-control"]


async def test_only_the_two_libraries_are_served_from_npm(app: FastAPI) -> None:
    assert (await ask(app, "/static/vendor/package.json")).status_code == 404
    assert (await ask(app, "/static/vendor/..%2f..%2fpyproject.toml")).status_code == 404


@pytest.mark.parametrize("path", ["//evil.test/x", "///evil.test/x", "/\\evil.test/x", "/\\/evil.test/x"])
def test_the_switch_never_leads_to_another_host(path: str) -> None:
    scope = {"type": "http", "path": path, "query_string": b"lang=zh", "headers": [], "server": ("a", 80)}
    to = other_language_address(URL(scope=scope | {"scheme": "http"}), "en")
    assert to[0] == "/"
    assert to[1] not in "/\\"


def test_the_switch_keeps_the_address() -> None:
    url = URL("http://web.test/documents?state=ready&lang=zh&q=%E9%A2%84")
    assert other_language_address(url, "en") == "/documents?state=ready&q=%E9%A2%84&lang=en"


def test_static_addresses_change_with_their_content(tmp_path: Path) -> None:
    from gongkai.web.static_files import Addresses

    (tmp_path / "a.css").write_text("a{}")
    one = Addresses(tmp_path)("a.css", "own")
    (tmp_path / "a.css").write_text("b{}")
    assert Addresses(tmp_path)("a.css", "own") != one
