"""What no person types: the portal answers with a page, and none of it is an error of ours."""

import base64
import json

import httpx

from tests.integration.portal.conftest import APPLICATION, hidden
from tests.integration.running_services import Services


def raw(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def packed(*key: object) -> str:
    return raw(json.dumps(key))


AT = "2026-03-02T01:00:00+00:00"
CURSORS = (
    raw("[" * 100),
    packed(AT, "a\0b"),
    packed(AT, "\ud800"),
    packed("0001-01-01T00:00:00+14:00", "x"),
    packed("9999-12-31T23:59:59-14:00", "x"),
    packed(1, "0001-01-01T00:00:00+14:00", "x"),
    raw(f'[1e400,"{AT}","x"]'),
    packed(2**31, AT, "x"),
    packed(10**30, AT, "x"),
    "%00",
)
ADDRESSES = (
    "/documents?q=ab%00c",
    "/documents?q=%ED%A0%80",
    "/documents?unit=%00",
    "/documents.csv?unit=%00",
    "/documents.csv?q=%00",
    "/documents?year=%D9%A3%D9%A3%D9%A3%D9%A3",
    "/documents/%00",
    "/documents/%00/text",
    "/documents/%ED%A0%80",
    "/apply?unit=%00",
    "/%00",
    *(
        f"{page}{way}={each}"
        for page in (
            "/documents?",
            "/documents?q=ab&",
            "/documents?q=ab&sort=newest&",
            "/institutions?",
            "/reports?",
        )
        for way in ("after", "before")
        for each in CURSORS
    ),
)


async def test_no_address_is_an_error_of_ours(counter: Services) -> None:
    portal = counter.clients["portal"]
    for address in ADDRESSES:
        answer = await portal.get(address)
        assert answer.status_code < 500, address
        if "%00" in address:
            assert answer.status_code in (404, 422), address
        assert "<h1" in answer.text or answer.headers["content-type"].startswith("text/csv"), address


async def test_no_form_is_an_error_of_ours(counter: Services) -> None:
    portal = counter.clients["portal"]
    form = await portal.get("/apply")
    check = await portal.post("/apply/check", data=hidden(form) | APPLICATION)
    for origin in ("http://[::1", "http://[", "null", "//", "http://\\"):
        for path in ("/apply/send", "/apply/check", "/progress"):
            answer = await portal.post(path, data=hidden(check), headers={"Origin": origin})
            assert answer.status_code == 403, origin
    page = await portal.get("/progress")
    for path, fields in (
        ("/progress", {"receipt": "a\0b", "code": "c"}),
        ("/progress", {"receipt": "a", "code": "\0"}),
        ("/apply", APPLICATION | {"applicant/name": "\0"}),
        ("/apply/check", APPLICATION | {"request/description": "a\0b"}),
        ("/apply/send", APPLICATION | {"unit": "\0"}),
    ):
        answer = await portal.post(path, data=hidden(page) | fields)
        assert (answer.status_code, "<h1" in answer.text) == (422, True), path
    flood = await portal.post("/progress", content=b"x" * 2_000_000)
    assert flood.status_code == 413
    assert "<h1" in flood.text


async def test_nothing_of_the_inside_is_told_to_the_public(counter: Services) -> None:
    portal = counter.clients["portal"]
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await portal.get(path)).status_code == 404, path
    await counter.deps["portal"].pool.execute(
        "UPDATE ledger.checkpoint SET stopped = 'DataError: secret' WHERE subscription = 'portal'"
    )
    health = await portal.get("/health")
    assert health.status_code == 200
    assert set(health.json()) == {"status", "service", "pid"}
    assert health.json()["service"] == "portal"


async def test_links_name_the_portal_and_not_whom_a_caller_names(counter: Services) -> None:
    portal = counter.clients["portal"]
    for path in ("/sitemap.xml", "/robots.txt", "/documents.csv"):
        answer = await portal.get(path, headers={"Host": "evil.test"})
        assert answer.status_code == 200
        assert "evil.test" not in answer.text
    assert "http://127.0.0.1:8090/documents" in (await portal.get("/sitemap.xml")).text
    away = httpx.URL("http://portal.test//evil.test/x?lang=en")
    assert "//evil.test" not in (await portal.get(away)).text
