"""The edge: what can't be stored is refused before anybody works on it, and no body is read without end."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel

from gongkai.runtime import problems
from gongkai.runtime.edge import LARGEST, LARGEST_TEXT, InputLimits, typed


class Said(BaseModel):
    word: str
    more: Any = None


def service() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(InputLimits, large=("/texts",))

    @app.post("/said")
    async def said(body: Said) -> str:
        return body.word

    @app.post("/texts")
    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/form")
    async def form(request: Request) -> str:
        return str((await typed(request)).get("word"))

    @app.get("/at/{name}")
    async def at(name: str, q: str = "") -> str:
        return name + q

    return app


@pytest.fixture
async def client() -> Any:
    transport = httpx.ASGITransport(service())
    async with httpx.AsyncClient(transport=transport, base_url="http://edge.test") as one:
        yield one


JSON = {"Content-Type": "application/json"}


async def test_what_can_be_stored_comes_through_unchanged(client: httpx.AsyncClient) -> None:
    assert (await client.get("/at/甲", params={"q": "乙"})).json() == "甲乙"
    pair = await client.post("/said", content=rb'{"word": "\ud83d\ude00 \\u0000"}', headers=JSON)
    assert pair.json() == "😀 \\u0000"
    assert (await client.post("/form", data={"word": "丙"})).json() == "丙"
    assert (await client.post("/raw", content=b"\0")).json() == 1  # what it is, its reader judges


@pytest.mark.parametrize("path", ["/at/%00", "/at/a%00b"])
async def test_no_path_holds_a_nul(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "http.404")
    assert (await client.get("/at/a?q=%00")).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        rb'{"word": "a\u0000b"}',
        rb'{"word": "\ud800"}',
        rb'{"word": "\uDFFF\ud800"}',
        rb'{"word": "x", "more": [{"deep": ["\u0000"]}]}',
        rb'{"word": "x", "\u0000": 1}',
        rb'{"word": "x", "more": {"\udc00": 1}}',
    ],
)
async def test_no_json_holds_what_cant_be_stored(client: httpx.AsyncClient, body: bytes) -> None:
    for media_type in ("application/json", "Application/JSON", "application/x+json"):
        answer = await client.post("/said", content=body, headers={"Content-Type": media_type})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"word":' + b"9" * 5000 + b"}", b"\xff", b'{"word": "\0"}', b'"\\u0000']
)
async def test_json_that_cant_be_read_is_no_error_of_ours(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.post("/said", content=body, headers=JSON)).status_code in (400, 422)


async def test_no_form_holds_what_cant_be_stored(client: httpx.AsyncClient) -> None:
    assert (await client.post("/form", data={"word": "a\0b"})).status_code == 422
    assert (await client.post("/form", files={"word": (None, "a\0b")})).status_code == 422
    assert (await client.post("/form", data={"\0": "x"})).status_code == 422
    half = {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"}
    body = b'--x\r\nContent-Disposition: form-data; name="word"\r\n\r\n+2AA-\r\n--x--\r\n'
    assert (await client.post("/form", content=body, headers=half)).status_code == 422


async def test_a_body_is_read_up_to_its_limit(client: httpx.AsyncClient) -> None:
    assert (await client.post("/raw", content=b"x" * LARGEST)).json() == LARGEST
    assert (await client.post("/texts", content=b"x" * LARGEST_TEXT)).json() == LARGEST_TEXT
    for path, most in (("/raw", LARGEST), ("/texts", LARGEST_TEXT)):
        answer = await client.post(path, content=b"x" * (most + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "http.413")


async def test_a_body_of_no_announced_length_is_counted(client: httpx.AsyncClient) -> None:
    pulled = 0

    async def endless() -> Any:
        nonlocal pulled
        for _ in range(1000):
            pulled += 1
            yield b"x" * 65536

    for path, headers in (
        ("/raw", {}),
        ("/said", JSON),
        ("/form", {"Content-Type": "application/x-www-form-urlencoded"}),
    ):
        pulled = 0
        answer = await client.post(path, content=endless(), headers=headers)
        assert answer.status_code == 413, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert pulled < 30
