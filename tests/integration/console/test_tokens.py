"""Tokens of agencies' systems, as any OAuth 2.0 client asks for them (RFC 6749 §4.4)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gongkai.identity import keys
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.identity import SYSTEM_LIFETIME, Principal
from tests.integration.console.console_app import Browser, console_app
from tests.integration.running_services import Services, running_services, unit

OA = {"system": "finance-oa", "name": "区财政局办公系统", "unit": "finance", "may": ["draft", "application"]}
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def lobby(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[Services, FastAPI]]:
    async with (
        running_services(fresh_database, broker, tmp_path, services=["intake"]) as made,
        console_app(made, broker) as app,
    ):
        assert (await made.say("intake", "/units", "registrar", unit("finance"))).status_code == 201
        assert (await made.say("intake", "/systems", "registrar", OA)).status_code == 201
        yield made, app


async def ask(app: FastAPI, data: dict[str, str], **more: Any) -> httpx.Response:
    return await Browser(app).client.post("/api/token", data=data, **more)


async def a_key(app: FastAPI) -> tuple[str, str]:
    deps = app.state.deps
    async with deps.pool.acquire() as conn, conn.transaction():
        return await keys.issue(conn, "finance-oa", "security", deps.wall())


@pytest.mark.clause("SC-1.1")
async def test_a_system_gets_a_token_that_speaks_for_its_unit_alone(lobby: tuple[Services, FastAPI]) -> None:
    app = lobby[1]
    deps = app.state.deps
    _, secret = await a_key(app)
    for answer in (
        await ask(app, GRANT, auth=("finance-oa", secret)),
        await ask(app, GRANT | {"client_id": "finance-oa", "client_secret": secret}),
    ):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        told = answer.json()
        assert (told["token_type"], told["expires_in"]) == ("Bearer", SYSTEM_LIFETIME.total_seconds())
        who = deps.verifier.verify(told["access_token"], deps.wall())
        assert who == Principal("system:finance-oa", "console", system="finance-oa", unit="finance")


@pytest.mark.parametrize(
    ("data", "auth", "error", "status"),
    [
        (GRANT, None, "invalid_client", 401),
        (GRANT, ("finance-oa", "gk_wrong"), "invalid_client", 401),
        (GRANT, ("nobody", "gk_wrong"), "invalid_client", 401),
        (GRANT | {"client_id": "finance-oa"}, None, "invalid_client", 401),
        ({"grant_type": "password"}, None, "unsupported_grant_type", 400),
        ({"client_id": "finance-oa"}, None, "invalid_request", 400),
    ],
)
async def test_what_is_wrong_is_told_in_the_words_of_the_standard(
    lobby: tuple[Services, FastAPI], data: dict[str, str], auth: Any, error: str, status: int
) -> None:
    answer = await ask(lobby[1], data, **({"auth": auth} if auth else {}))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_a_key_is_replaced_without_a_gap_and_a_revoked_one_is_none(
    lobby: tuple[Services, FastAPI],
) -> None:
    made, app = lobby
    deps = app.state.deps
    (old, old_secret), (_, new_secret) = await a_key(app), await a_key(app)
    assert (await ask(app, GRANT, auth=("finance-oa", old_secret))).status_code == 200
    assert (await ask(app, GRANT, auth=("finance-oa", new_secret))).status_code == 200
    assert await keys.revoke(deps.pool, "finance-oa", old, "security", deps.wall())
    assert not await keys.revoke(deps.pool, "finance-oa", old, "security", deps.wall())
    assert (await ask(app, GRANT, auth=("finance-oa", old_secret))).status_code == 401
    assert (await ask(app, GRANT, auth=("finance-oa", new_secret))).status_code == 200
    listed = (await keys.keys(deps.pool))["finance-oa"]
    assert [(each.valid, each.used_at is not None) for each in listed] == [(True, True), (False, True)]

    gone = await made.say("intake", "/systems/finance-oa/retirement", "registrar", {"reason": "下线"})
    assert gone.status_code == 201
    assert (await ask(app, GRANT, auth=("finance-oa", new_secret))).status_code == 401


async def test_nobody_guesses_a_key_for_long(lobby: tuple[Services, FastAPI]) -> None:
    app = lobby[1]
    _, secret = await a_key(app)
    for _ in range(5):
        assert (await ask(app, GRANT, auth=("finance-oa", "gk_wrong"))).status_code == 401
    assert (await ask(app, GRANT, auth=("finance-oa", secret))).status_code == 401
