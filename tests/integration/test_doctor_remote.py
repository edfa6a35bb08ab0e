"""`gongkai doctor --console …`: a deployment that `up` doesn't run, by what its services show; and to whom they do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from typer.testing import CliRunner

from gongkai.cli.commands.doctor import app
from gongkai.contracts.errors import UserError
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.doctor import remote
from tests.integration.portal.portal_app import portal_app
from tests.integration.running_services import Services, running_services, unit


class NetworkOfServices(httpx.AsyncBaseTransport):
    """Each service at its name, as in a network of containers; `unreachable`: who doesn't answer."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.unreachable: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host in self.unreachable:
            raise httpx.ConnectError("refused", request=request)
        return await self.services.clients[request.url.host]._transport.handle_async_request(request)


@pytest.fixture
async def district(
    fresh_database: Cluster, broker: str, tmp_path: Path
) -> AsyncIterator[tuple[Services, Any]]:
    services = ["intake", "review"]
    async with (
        running_services(fresh_database, broker, tmp_path, services=services) as made,
        portal_app(made, broker) as portal,
    ):
        assert (await made.say("intake", "/units", "registrar", unit("water"))).status_code == 201
        await made.settled()
        await made.sent()
        yield made, portal


async def problems(
    transport: NetworkOfServices, token: str | None = None, between: float = 1.0
) -> dict[str, str]:
    services = {name: f"http://{name}" for name in ("intake", "review", "portal")}
    found = await remote.examine(services, token, between, transport)
    assert all(each.zh and each.en for each in found)
    return {each.where: str(each) for each in found}


async def test_all_is_well_and_then_it_is_not(district: tuple[Services, Any]) -> None:
    made, _ = district
    transport = NetworkOfServices(made)
    assert await problems(transport) == {}

    pool = made.deps["review"].pool
    one = "subscription = 'review' AND log = 'intake' AND position = (SELECT max(position) FROM ledger.checkpoint)"
    await pool.execute(f"UPDATE ledger.checkpoint SET stopped = 'no such unit' WHERE {one}")
    found = await problems(transport)
    (place,) = found
    assert place.startswith("review intake/")
    assert "no such unit" in found[place]

    transport.unreachable = {"review"}
    found = await problems(transport)
    assert set(found) == {"review"}
    assert "GONGKAI_METRICS_TOKEN" in found["review"]  # the last said of it: it shows no numbers, either


async def test_what_stands_still_is_named_and_what_moves_is_not() -> None:
    behind: remote.Numbers = {
        ("relay_lag_records", ("intake",)): 7.0,
        ("relay_lag_seconds", ("intake",)): 40.0,
    }
    moved: remote.Numbers = {**behind, ("relay_lag_seconds", ("intake",)): 40.1}
    still: remote.Numbers = {**behind, ("relay_lag_seconds", ("intake",)): 43.0}
    assert list(remote.stuck("intake", behind, moved, 1.5)) == []
    (one,) = remote.stuck("intake", behind, still, 1.5)
    assert "its relay is 7 records behind" in one.en
    never: remote.Numbers = {("checkpoint_open_records", ("intake",)): 3.0}
    assert len(list(remote.stuck("intake", never, never, 1.5))) == 1
    assert list(remote.stuck("intake", never, {}, 1.5)) == []
    crowded: remote.Numbers = {("append_waiting_commands", ("intake",)): 9_500.0, ("database_up", ()): 0.0}
    assert [each.where for each in remote.immediate("intake", crowded)] == ["intake intake", "intake"]


async def test_history_that_a_reaction_was_not_applied_to_is_named(
    district: tuple[Services, Any],
) -> None:
    made, _ = district
    assert await problems(NetworkOfServices(made)) == {}
    await made.deps["review"].pool.execute(
        "INSERT INTO acts_since (name, log, since, done) VALUES ('filing', 'intake', 29, 9)"
    )
    found = await problems(NetworkOfServices(made))
    assert set(found) == {"review.filing"}
    assert "gongkai catch-up review.filing" in found["review.filing"]
    assert "20 records of the log intake" in found["review.filing"]


def console(logs: list[dict[str, Any]]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metrics":
            return httpx.Response(200, text="gongkai_database_up 1.0\n")
        if request.url.path == "/log":
            return httpx.Response(200, json={"logs": logs})
        return httpx.Response(200, json={"service": "console", "status": "ok"})

    return httpx.MockTransport(answer)


async def test_a_log_that_nobody_signs_is_named() -> None:
    here = {"console": "http://console"}
    signed = {"name": "intake", "size": 3, "vkey": "a+b+c", "vkeys": []}
    assert await remote.examine(here, None, 0, console([signed])) == []
    (one,) = await remote.examine(here, None, 0, console([signed | {"name": "review", "vkey": None}]))
    assert one.where == "review checkpoint"
    (other,) = await remote.examine({"intake": "http://x"}, None, 0, console([]))
    assert "another service answers" in other.en


def test_the_command_ends_with_1_where_nobody_answers() -> None:
    done = CliRunner().invoke(app, ["doctor", "--console", "http://127.0.0.1:9"])
    assert done.exit_code == 1
    assert "无应答" in done.output
    assert "things are unwell" in done.output
    wrong = CliRunner().invoke(app, ["doctor", "--service", "nobody=http://127.0.0.1:9"])
    assert isinstance(wrong.exception, UserError)


async def status(portal: FastAPI, address: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    transport = httpx.ASGITransport(portal, client=(address, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as client:
        answer = await client.get("/metrics", headers=named)
    assert ("gongkai_" in answer.text) == (answer.status_code == 200)
    return answer.status_code


async def test_the_numbers_of_the_portal_are_for_this_machine_or_a_token(
    district: tuple[Services, Any],
) -> None:
    made, portal = district
    assert await status(portal, "127.0.0.1") == 200
    assert await status(portal, "::1") == 200
    for address in ("203.0.113.7", "10.0.0.8", "unix"):
        assert await status(portal, address) == 404
    for name in ("X_Forwarded_For", "Forwarded", "Via", "X_Real_IP"):  # a proxy on this machine, for anybody
        assert await status(portal, "127.0.0.1", **{name: "127.0.0.1"}) == 404
    deps = made.deps["portal"]
    deps.settings = deps.settings.model_copy(update={"metrics_token": SecretStr("t0ken")})
    assert await status(portal, "203.0.113.7", Authorization="Bearer t0ken") == 200
    for wrong in ("", "Bearer ", "Bearer t0keN", "t0ken"):
        assert await status(portal, "127.0.0.1", Authorization=wrong) == 404
    transport = NetworkOfServices(made)
    assert set(await problems(transport)) == {"portal"}
    assert await problems(transport, "t0ken") == {}
