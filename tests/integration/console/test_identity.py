"""Accounts and sessions: limits that lock nobody out for good, passwords that age, a record of who came in (等保)."""

import io
import logging
import re
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from gongkai.identity import accounts, keys, limits
from gongkai.identity.limits import LIMITS
from gongkai.operate.databases.cluster import Cluster
from tests.integration.console.console_app import Browser, console_app
from tests.integration.console.issuer import ISSUER, FakeIssuer
from tests.integration.running_services import Services, running_services, unit

HERE, THERE = "192.0.2.1", "198.51.100.7"
PASSWORD = "Kaitong-2026"
OA = {"system": "finance-oa", "name": "区财政局办公系统", "unit": "finance", "may": ["draft"]}
AUDITOR = {"person": "finance-auditor", "name": "示例审计", "duties": ["auditor"]}


@pytest.fixture
async def lobby(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[Services, FastAPI]]:
    async with (
        running_services(fresh_database, broker, tmp_path, services=["intake"]) as made,
        console_app(made, broker) as app,
    ):
        entry = unit("finance")
        entry["officers"].append(AUDITOR)
        assert (await made.say("intake", "/units", "registrar", entry)).status_code == 201
        await accounts.set_password(app.state.deps.pool, "finance-head", PASSWORD, app.state.deps.wall())
        yield made, app


async def enter(app: FastAPI, person: str, password: str) -> Browser:
    browser = Browser(app)
    await browser.open("/sign-in")
    await browser.send("/sign-in", person=person, password=password)
    return browser


async def auditor(app: FastAPI) -> Browser:
    await accounts.set_password(app.state.deps.pool, "finance-auditor", PASSWORD, app.state.deps.wall())
    return await enter(app, "finance-auditor", PASSWORD)


async def security(app: FastAPI, folder: Path) -> Browser:
    return await enter(app, "security", (folder / accounts.PASSWORD_FILE["security"]).read_text().strip())


async def test_a_stranger_locks_nobody_out(lobby: tuple[Services, FastAPI]) -> None:
    pool, now = lobby[1].state.deps.pool, lobby[1].state.deps.wall()
    assert await accounts.check(pool, "finance-head", PASSWORD, HERE, now)  # a place of his from now on
    for n in range(60):
        await limits.begin(pool, "finance-head", f"203.0.113.{n}", now)
    assert await accounts.check(pool, "finance-head", PASSWORD, HERE, now)
    assert await accounts.check(pool, "finance-head", PASSWORD, THERE, now) is None  # a new place waits,
    later = now + LIMITS["name"].longest
    assert await accounts.check(pool, "finance-head", PASSWORD, THERE, later)  # for five minutes at most


async def test_guesses_are_few_from_one_place_and_for_one_name(lobby: tuple[Services, FastAPI]) -> None:
    pool, now = lobby[1].state.deps.pool, lobby[1].state.deps.wall()
    for _ in range(LIMITS["pair"].failures):
        assert await accounts.check(pool, "finance-head", "wrong", HERE, now) is None
    assert await accounts.check(pool, "finance-head", PASSWORD, HERE, now) is None
    for n in range(LIMITS["address"].failures):
        await limits.begin(pool, f"person-{n}", THERE, now + timedelta(seconds=301 * n))
    at = now + timedelta(seconds=301 * LIMITS["address"].failures)
    assert not await limits.begin(pool, "anybody", THERE, at - timedelta(seconds=300))
    assert await limits.begin(pool, "anybody", THERE, at + LIMITS["address"].longest)


async def test_many_guesses_at_once_are_no_more(
    lobby: tuple[Services, FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    pool, now, looked = lobby[1].state.deps.pool, lobby[1].state.deps.wall(), 0

    def verify(known: str, password: str) -> bool:
        nonlocal looked
        looked += 1
        return False

    monkeypatch.setattr(accounts, "_verify", verify)
    await asyncio.gather(*(accounts.check(pool, "finance-head", str(n), HERE, now) for n in range(30)))
    assert looked == LIMITS["pair"].failures


async def test_the_security_administrator_lifts_the_limits(
    lobby: tuple[Services, FastAPI], tmp_path: Path
) -> None:
    app = lobby[1]
    for _ in range(LIMITS["pair"].failures):
        await enter(app, "finance-head", "wrong")
    assert (await enter(app, "finance-head", PASSWORD)).status == 401
    desk_of = await security(app, tmp_path)
    assert "finance-head" in await desk_of.open("/accounts")
    assert "登录限制已解除" in await desk_of.send("/accounts/limits", person="finance-head")
    assert (await enter(app, "finance-head", PASSWORD)).status == 200


async def test_a_password_ages(lobby: tuple[Services, FastAPI]) -> None:
    app = lobby[1]
    pool = app.state.deps.pool
    long_ago = app.state.deps.wall() - accounts.MAX_AGE
    await pool.execute("UPDATE account SET changed_at = $1", long_ago)
    browser = await enter(app, "finance-head", PASSWORD)
    assert browser.at == "/password"
    await browser.open("/documents")
    assert browser.at == "/password"
    await browser.send("/password", old=PASSWORD, password="Gengxin-2026")
    await browser.open("/documents")
    assert browser.at == "/documents"


async def test_signing_out_everywhere_and_a_new_password_end_all_sessions(
    lobby: tuple[Services, FastAPI],
) -> None:
    app = lobby[1]
    one, other = await enter(app, "finance-head", PASSWORD), await enter(app, "finance-head", PASSWORD)
    await one.open("/")
    await one.send("/sign-out/everywhere")
    await other.open("/documents")
    assert other.at.startswith("/sign-in")
    one, other = await enter(app, "finance-head", PASSWORD), await enter(app, "finance-head", PASSWORD)
    await one.open("/password")
    await one.send("/password", old=PASSWORD, password="Gengxin-2026")
    assert one.at == "/password?done=1"
    await other.open("/documents")
    assert other.at.startswith("/sign-in")


@pytest.mark.clause("GT-supervise")
async def test_auditors_see_who_came_in_and_who_did_not(
    lobby: tuple[Services, FastAPI], tmp_path: Path
) -> None:
    made, app = lobby
    assert (await made.say("intake", "/systems", "registrar", OA)).status_code == 201
    await enter(app, "finance-head", "wrong")
    await enter(app, PASSWORD, "typed into the wrong field")
    head = await enter(app, "finance-head", PASSWORD)
    await head.open("/systems")
    await head.send("/systems/finance-oa/keys")
    key = re.search(r"/systems/finance-oa/keys/([0-9a-f]+)/revocation", head.page)
    assert key is not None
    await head.send(key[0])
    reader = await auditor(app)
    told = await reader.open("/access")
    for word in ("登录失败", "登录 finance-head", "签发密钥", "吊销密钥", "system:finance-oa"):
        assert word in told, word
    assert PASSWORD not in reader.page
    await head.open("/access")
    assert head.status == 403
    assert "rights.auditor" in head.page


@pytest.mark.clause("SC-1.1")
async def test_a_system_its_keys_and_its_end_on_the_console(
    lobby: tuple[Services, FastAPI], tmp_path: Path
) -> None:
    _, app = lobby
    password = (tmp_path / accounts.PASSWORD_FILE["registrar"]).read_text().strip()
    registrar = await enter(app, "registrar", password)
    await registrar.open("/systems")
    assert "请填写“名称”" in await registrar.send("/systems", system="finance-oa", unit="finance")
    assert "系统已登记" in await registrar.send("/systems", **OA)
    keeper = await security(app, tmp_path)
    await keeper.open("/systems")
    await keeper.send("/systems/finance-oa/keys")
    secret = re.search(r"gk_[\w-]{40,}", keeper.page)
    assert secret is not None
    assert secret[0] not in await keeper.open("/systems")  # shown once
    grant = {"grant_type": "client_credentials"}
    answer = await keeper.client.post("/api/token", data=grant, auth=("finance-oa", secret[0]))
    assert answer.status_code == 200
    for _ in range(keys.MOST - 1):
        await keeper.send("/systems/finance-oa/keys")
    assert "最多同时有" in await keeper.send("/systems/finance-oa/keys")
    await registrar.open("/systems")
    assert "系统已停用" in await registrar.send("/systems/finance-oa/retirement")
    answer = await keeper.client.post("/api/token", data=grant, auth=("finance-oa", secret[0]))
    assert answer.status_code == 401


async def test_no_secret_is_ever_logged(
    fresh_database: Cluster, broker: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The flows once more with everything logged that anybody logs, at DEBUG, and their secrets looked for."""
    import httpx

    issuer = FakeIssuer()
    (tmp_path / "oidc.secret").write_text(issuer.secret)
    more = {
        "oidc_issuer": ISSUER,
        "oidc_client_id": issuer.client,
        "oidc_secret_file": tmp_path / "oidc.secret",
    }
    out, err, secrets = io.StringIO(), io.StringIO(), [PASSWORD, issuer.secret]
    caplog.set_level(logging.DEBUG)
    with redirect_stdout(out), redirect_stderr(err):
        async with (
            running_services(fresh_database, broker, tmp_path, services=["intake"]) as made,
            console_app(made, broker, log_level="debug", **more) as app,
            httpx.AsyncClient(transport=httpx.ASGITransport(issuer.app)) as outside,
        ):
            logging.getLogger().setLevel(logging.DEBUG)
            await made.say("intake", "/units", "registrar", unit("finance"))
            await made.say("intake", "/systems", "registrar", OA)
            deps = app.state.deps
            await accounts.set_password(deps.pool, "finance-head", PASSWORD, deps.wall())
            secrets += [(tmp_path / file).read_text().strip() for file in accounts.PASSWORD_FILE.values()]
            head = await enter(app, "finance-head", PASSWORD)
            await enter(app, PASSWORD, "wrong")
            secrets += list(head.client.cookies.values())
            await head.open("/systems")
            await head.send("/systems/finance-oa/keys")
            key = re.search(r"gk_[\w-]{40,}", head.page)
            assert key is not None
            form = {"grant_type": "client_credentials", "client_id": "finance-oa", "client_secret": key[0]}
            system = await head.client.post("/api/token", data=form)
            person = await head.client.post(
                "/api/token", json={"person": "finance-head", "password": PASSWORD}
            )
            secrets += [key[0], *(answer.json()["access_token"] for answer in (system, person))]
            await head.client.post("/api/token", data=form | {"client_secret": key[0] + "x"})
            deps.http = outside
            to = await Browser(app).client.get("/sign-in/oidc")
            row = await deps.pool.fetchrow("SELECT nonce, verifier FROM oidc_flow")
            secrets += [row["nonce"], row["verifier"]]
            assert to.status_code == 303
    said = out.getvalue() + err.getvalue() + "\n".join(record.getMessage() for record in caplog.records)
    assert said
    for secret in secrets:
        assert secret not in said, f"a secret of {len(secret)} characters was logged"
