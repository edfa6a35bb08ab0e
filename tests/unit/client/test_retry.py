"""What is said again: the same rule for a person's client and for a system's."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx
import pytest

from gongkai.client import Client, Problem, System, client

Ask = Callable[[httpx.AsyncClient], Awaitable[object]]


async def by_client(http: httpx.AsyncClient) -> object:
    return await Client({"intake": "http://intake"}, http=http).draft("token", uuid4(), {})


async def by_system(http: httpx.AsyncClient) -> object:
    return await System("http://intake", "http://console", "s", "k", http=http).keys()


async def by_token(http: httpx.AsyncClient) -> object:
    return await System("http://token", "http://token", "s", "k", http=http).keys()


class Service:
    """Gives these answers at first, then what was asked for."""

    def __init__(self, *first: int) -> None:
        self.first, self.asked = list(first), 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url == "http://console/api/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3600})
        self.asked += 1
        if self.first:
            return httpx.Response(self.first.pop(0), json={"code": "x"}, headers={"Retry-After": "0"})
        made = {"id": "d", "place": None, "repeated": False, "access_token": "t", "expires_in": 3600}
        return httpx.Response(200, json=made)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr("gongkai.client.system.FIRST_PAUSE", 0.001)


@pytest.mark.parametrize("ask", [by_client, by_system, by_token])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
async def test_what_is_the_services_fault_is_said_again(ask: Ask, status: int) -> None:
    service = Service(status, status)
    async with httpx.AsyncClient(transport=httpx.MockTransport(service)) as http:
        await ask(http)
    assert not service.first


@pytest.mark.parametrize("ask", [by_client, by_system, by_token])
@pytest.mark.parametrize("status", [400, 404, 409, 422, 429])
async def test_what_is_the_callers_fault_is_not(ask: Ask, status: int) -> None:
    service = Service(status)
    async with httpx.AsyncClient(transport=httpx.MockTransport(service)) as http:
        with pytest.raises(Problem) as problem:
            await ask(http)
    assert (problem.value.status, service.asked) == (status, 1)


@pytest.mark.parametrize(
    ("told", "left", "wait"),
    [
        ("7", 60.0, 7.0),
        ("0", 60.0, 2.0),
        ("7", 5.0, 2.0),
        ("", 60.0, 2.0),
        ("Wed, 21 Oct", 60.0, 2.0),
        ("²", 9.0, 2.0),
    ],
)
def test_a_service_is_given_the_time_that_it_asks_for_while_patience_lasts(
    told: str, left: float, wait: float
) -> None:
    answer = httpx.Response(503, headers=[(b"Retry-After", told.encode())])
    assert client.retry_delay(answer, 2.0, left) == wait
