"""Sign-in by an identity provider: it says who somebody is, the register says what he may do (等保: identity)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from gongkai.console.settings import ConsoleSettings
from gongkai.identity.oidc import Provider, map_identity
from gongkai.operate.databases.cluster import Cluster, writer
from tests.integration.console.console_app import Browser, console_app
from tests.integration.console.issuer import ISSUER, FakeIssuer, a_key
from tests.integration.running_services import running_services, unit


@pytest.fixture
async def console_with_issuer(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[FastAPI, FakeIssuer]]:
    """The console with an identity provider; nobody needs a network."""
    issuer = FakeIssuer()
    secret = tmp_path / "oidc.secret"
    secret.write_text(issuer.secret)
    more = {"oidc_issuer": ISSUER, "oidc_client_id": issuer.client, "oidc_secret_file": secret}
    async with (
        running_services(fresh_database, broker, tmp_path, services=["intake"]) as made,
        console_app(made, broker, **more) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(issuer.app)) as outside,
    ):
        assert (await made.say("intake", "/units", "registrar", unit("finance"))).status_code == 201
        app.state.deps.http = outside
        yield app, issuer


async def sign_in(app: FastAPI, issuer: FakeIssuer, after: str = "/") -> Browser:
    """As a browser goes: to the issuer, and back."""
    browser = Browser(app)
    to = await browser.client.get("/sign-in/oidc", params={"next": after})
    assert to.status_code == 303
    async with httpx.AsyncClient(transport=httpx.ASGITransport(issuer.app)) as outside:
        back = await outside.get(to.headers["location"])
    await browser.open(back.headers["location"].removeprefix(app.state.deps.settings.console_url))
    return browser


async def test_the_issuer_says_who_and_the_register_what(
    console_with_issuer: tuple[FastAPI, FakeIssuer],
) -> None:
    app, issuer = console_with_issuer
    assert "/sign-in/oidc" in (await Browser(app).client.get("/sign-in")).text
    browser = await sign_in(app, issuer, "/documents")
    assert (browser.status, browser.at) == (200, "/documents")
    assert "示例head" in browser.page
    way = await app.state.deps.pool.fetchval("SELECT way FROM access_entry WHERE what = 'signed-in'")
    assert way == "oidc"


LIES: tuple[dict[str, Any], ...] = (
    {"iss": "https://elsewhere.example"},
    {"aud": "somebody-else"},
    {"aud": ["gongkai", "other"], "azp": "other"},
    {"nonce": "another"},
    {"exp": 1},
    {"iat": None},
    {"sub": 7},
    {"sub": "名字"},
)


async def test_a_token_that_does_not_hold_lets_nobody_in(
    console_with_issuer: tuple[FastAPI, FakeIssuer],
) -> None:
    app, issuer = console_with_issuer
    for lies in LIES:
        issuer.lies = lies
        browser = await sign_in(app, issuer)
        assert browser.status == 401, lies
        assert "sign-in.oidc" in browser.page
    assert await app.state.deps.pool.fetchval("SELECT count(*) FROM session") == 0


async def test_whom_the_name_means(console_with_issuer: tuple[FastAPI, FakeIssuer]) -> None:
    app, issuer = console_with_issuer
    issuer.name = "somebody"  # without any duty
    browser = await sign_in(app, issuer)
    assert browser.status == 403
    assert "单位名录中没有您的职责" in browser.page
    issuer.name = "registrar"  # no administrator ever comes from the issuer
    assert (await sign_in(app, issuer)).status == 403
    issuer.name = "E10023@示例.cn"  # tied to nobody yet
    assert (await sign_in(app, issuer)).status == 401
    await map_identity(app.state.deps.pool, ISSUER, issuer.name, "finance-officer")
    assert "示例officer" in (await sign_in(app, issuer)).page
    app.state.oidc.claim = issuer.claim = "employee_id"
    issuer.name = "finance-head"
    assert "示例head" in (await sign_in(app, issuer)).page


@pytest.mark.parametrize(
    "name", ["Finance-Head", "FINANCE-HEAD", "finance-head ", "finance\u2010head", "\u212aai"]
)
async def test_a_name_that_only_resembles_somebodys_id_is_nobodys(
    console_with_issuer: tuple[FastAPI, FakeIssuer], name: str
) -> None:
    """U+212A is the Kelvin sign, which is a k in lower case."""
    app, issuer = console_with_issuer
    issuer.name = name
    assert (await sign_in(app, issuer)).status == 401
    await map_identity(app.state.deps.pool, ISSUER, name, "finance-head")
    assert "示例head" in (await sign_in(app, issuer)).page


async def test_a_new_key_of_the_issuer_is_asked_for(console_with_issuer: tuple[FastAPI, FakeIssuer]) -> None:
    app, issuer = console_with_issuer
    assert (await sign_in(app, issuer)).status == 200
    issuer.rotate()
    assert (await sign_in(app, issuer)).status == 200
    assert issuer.seen == ["description", "keys", "keys"]
    issuer.shows, issuer.signs = [issuer.signs], a_key("forged")
    assert (await sign_in(app, issuer)).status == 401


async def test_an_answer_is_good_once_and_in_the_browser_that_asked(
    console_with_issuer: tuple[FastAPI, FakeIssuer],
) -> None:
    app, issuer = console_with_issuer
    browser = Browser(app)
    to = await browser.client.get("/sign-in/oidc")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(issuer.app)) as outside:
        back = (await outside.get(to.headers["location"])).headers["location"]
    path = back.removeprefix(app.state.deps.settings.console_url)
    other = Browser(app)
    await other.client.get("/sign-in/oidc")
    await other.open(path)
    assert other.status == 401  # somebody else's answer
    await browser.open(path)
    assert browser.status == 200
    browser.client.cookies.clear()
    await browser.open(path)
    assert browser.status == 401
    await browser.open("/sign-in/oidc/back?error=access_denied")
    assert browser.status == 401


async def test_an_issuer_that_is_away_is_a_sentence(console_with_issuer: tuple[FastAPI, FakeIssuer]) -> None:
    app, _ = console_with_issuer

    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(away)) as http:
        app.state.deps.http = http
        answer = await Browser(app).client.get("/sign-in/oidc")
    assert answer.status_code == 401
    assert "统一身份认证未成功" in answer.text


def test_an_issuer_without_tls_is_refused() -> None:
    settings = ConsoleSettings(
        service="console",
        dsn=SecretStr(writer("console")),
        token_keys=Path(),
        oidc_issuer="http://issuer.example",
        oidc_client_id="gongkai",
    )
    with pytest.raises(ValueError, match="https"):
        Provider.of(settings)
