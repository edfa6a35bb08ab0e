"""What no person types: the console refuses it with a sentence, and none of it is an error of ours."""

import asyncio
import base64
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from gongkai.identity import accounts
from gongkai.identity.limits import LIMITS
from gongkai.operate.databases.cluster import Cluster
from tests.integration.console.console_app import Browser, console_app
from tests.integration.console.test_pages import MONDAY
from tests.integration.running_services import Services, running_services, unit


@pytest.fixture
async def lobby(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[Services, FastAPI]]:
    async with (
        running_services(
            fresh_database, broker, tmp_path, MONDAY, services=["intake", "review", "publishing"]
        ) as made,
        console_app(made, broker) as app,
    ):
        for name in ("finance", "czj"):
            assert (await made.say("intake", "/units", "registrar", unit(name))).status_code == 201
        yield made, app


def packed(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


CURSORS = (
    base64.urlsafe_b64encode(b"[" * 30_000).decode(),
    packed("2026-03-02T01:00:00+00:00", "a\0b"),
    packed("2026-03-02T01:00:00+00:00", "\ud800"),
    packed("0001-01-01T00:00:00+14:00", "x"),
    packed("9999-12-31T23:59:59-14:00", "x"),
    packed("0001-01-01", "x"),
    packed({"a": 1}, 2),
)
ADDRESSES = (
    "/documents?q=%00",
    "/documents?q=%ED%A0%80",
    "/events?stream=%00",
    "/events?since=0001-01-01",
    "/events?until=9999-12-31",
    "/events?since=0001-01-01&until=0001-01-01",
    "/events/%00",
    "/documents/%00",
    "/documents/a%00b/revise",
    "/documents/%ED%A0%80",
    "/applications/%00",
    "/applications?since=0001-01-01&tab=answered",
    "/applications?since=9999-12-31&tab=answered-late",
    "/applications?unit=%00",
    "/scores?year=99999999999",
    "/scores?year=-1",
    "/scores/czj?year=99999999999",
    "/scores/%00",
    "/accounts?done=%00",
    "/sign-in?next=%00",
    "/log/%00/checkpoint",
    "/log/intake/tile/%00",
    *(
        f"/{page}?{way}={each}"
        for page in ("documents", "events")
        for way in ("after", "before")
        for each in CURSORS
    ),
    *(f"/applications?tab={tab}&after={each}" for tab in ("open", "answered") for each in CURSORS),
)


async def test_no_address_is_an_error_of_ours(lobby: tuple[Services, FastAPI]) -> None:
    _, app = lobby
    browser = await Browser(app).enter("finance-drafter")
    for address in ADDRESSES:
        answer = await browser.client.get(address)
        assert answer.status_code < 500, address
        if "%00" in address:
            assert answer.status_code in (404, 422), address
        if "/log/" not in address:
            assert "<h1" in answer.text, address


@pytest.mark.parametrize(
    "body",
    [
        rb'{"person": "a\u0000b"}',
        rb'{"person": "\ud800"}',
        rb'{"person": "a", "password": "\u0000"}',
        rb'{"person": "a", "password": "\udfff"}',
        rb'{"person": "registrar", "\ud800": 1}',
        b"[" * 50_000,
    ],
)
async def test_no_token_is_asked_for_with_what_cant_be_stored(
    lobby: tuple[Services, FastAPI], body: bytes
) -> None:
    browser = Browser(lobby[1])
    answer = await browser.client.post(
        "/api/token", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_no_form_is_an_error_of_ours(lobby: tuple[Services, FastAPI]) -> None:
    browser = Browser(lobby[1])
    for action in ("/sign-in", "/sign-in/demo"):
        await browser.open("/sign-in")
        csrf = re.search(r'name="csrf" value="([^"]+)"', browser.page)
        assert csrf is not None
        for fields in ({"person": "a\0b", "password": "x"}, {"person": "a", "password": "\0"}):
            answer = await browser.client.post(action, data={"csrf": csrf[1]} | fields)
            assert answer.status_code == 422
            assert "<h1" in answer.text
    await browser.enter("finance-drafter")
    csrf = await _csrf(browser)
    for action in (
        "/documents/%00/review",
        "/documents/%00/publish",
        "/documents/a/consultations/%00",
        "/applications/%00/answer",
    ):
        assert (await browser.client.post(action, data={"csrf": csrf})).status_code == 404, action
    for action in (
        "/documents/a%3Fb/review",
        "/documents/%01/review",
        "/documents/%7f/publish",
        "/documents/a/consultations/%0a",
        "/applications/%01/answer",
    ):
        assert (await browser.client.post(action, data={"csrf": csrf, "digest": "x"})).status_code < 500, (
            action
        )


FIELDS = (
    {"consult/abc/unit": "water"},
    {"consult/": "x"},
    {f"consult/{'9' * 5000}/unit": "water"},
    {"title": "a\0b"},
    {"formed_on": "9999999999-01-01"},
    {"key": "\ud7ff"},
    {"document": "../x"},
    {"unit": "nobody"},
)


async def test_no_draft_is_an_error_of_ours(lobby: tuple[Services, FastAPI]) -> None:
    browser = await Browser(lobby[1]).enter("finance-drafter")
    csrf = await _csrf(browser)
    for fields in FIELDS:
        data = {"csrf": csrf, "unit": "finance", "title": "稿", "body": "正文"} | fields
        for sent in ({"data": data}, {"files": {name: (None, value) for name, value in data.items()}}):
            answer = await browser.client.post("/documents", **sent)
            assert 400 <= answer.status_code < 500, fields
    for name, content, media_type in (
        ("稿", b"x", "téxt/plain"),
        ("a.txt", b"\0\xff", "text/plain"),
        ("a", b"x", "text/plain; charset=\xe9"),
    ):
        answer = await browser.client.post(
            "/documents", data={"csrf": csrf, "unit": "finance"}, files={"file": (name, content, media_type)}
        )
        assert 400 <= answer.status_code < 500, media_type


async def test_a_long_text_typed_into_the_form_is_handed_in(lobby: tuple[Services, FastAPI]) -> None:
    browser = await Browser(lobby[1]).enter("finance-drafter")
    await browser.open("/documents/new")
    text = "全文。\r\n" * 400_000  # 4.4 MB
    typed = {
        "unit": "finance",
        "title": "长文",
        "category": "official-document",
        "formed_on": "2025-03-03",
        "attribute": "proactive",
    }
    began = time.monotonic()
    await browser.send("/documents", **typed, files={"body": (None, text)})
    assert browser.status == 200, browser.page[:2000]
    assert re.match(r"/documents/[0-9a-f]+\?done=draft", browser.at)
    assert time.monotonic() - began < 10
    csrf = await _csrf(browser)
    flood = await browser.client.post(
        "/documents", files={"csrf": (None, csrf), "body": (None, "x" * 18_000_000)}
    )
    assert flood.status_code == 413
    assert "过长" in flood.text
    assert (await browser.client.post("/sign-in", content=b"x" * 1_100_000)).status_code == 413


HERE = "192.0.2.1"


async def test_a_locked_account_costs_nothing_and_a_slow_check_holds_no_connection(
    lobby: tuple[Services, FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    deps = lobby[1].state.deps
    now = deps.wall()
    await accounts.set_password(deps.pool, "finance-head", "Kaitong-1", now)
    checked = 0
    verify = accounts._verify

    def watched(known: str, password: str) -> bool:
        nonlocal checked
        checked += 1
        return verify(known, password)

    held = deps.pool.get_size() - deps.pool.get_idle_size()
    monkeypatch.setattr(accounts, "_verify", watched)
    pair = LIMITS["pair"]
    for _ in range(pair.failures):
        assert await accounts.check(deps.pool, "finance-head", "wrong", HERE, now) is None
    assert checked == pair.failures
    assert await accounts.check(deps.pool, "finance-head", "Kaitong-1", HERE, now) is None
    assert checked == pair.failures
    async with asyncio.timeout(20):  # others of this process have one now and then; none stays
        while deps.pool.get_size() - deps.pool.get_idle_size() > held:
            await asyncio.sleep(0.01)

    def idle(known: str, password: str) -> bool:
        assert not [c for c in deps.pool._holders if c._in_use and c._con.is_in_transaction()]
        return True

    monkeypatch.setattr(accounts, "_verify", idle)
    assert await accounts.check(deps.pool, "finance-head", "Kaitong-1", HERE, now + pair.wait) is not None


async def _csrf(browser: Browser) -> Any:
    await browser.open("/documents/new")
    found = re.search(r'name="csrf" value="([^"]+)"', browser.page)
    assert found is not None
    return found[1]
