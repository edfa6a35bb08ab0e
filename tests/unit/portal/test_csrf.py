"""A form counts only when it comes from a page of this site."""

import pytest
from starlette.datastructures import FormData
from starlette.requests import Request

from gongkai.portal.applications.csrf import COOKIE, is_own_form, token

MARK = "m" * 43


def a_request(cookie: str = MARK, origin: str | None = None) -> Request:
    headers = [(b"host", b"portal.test"), (b"cookie", f"{COOKIE}={cookie}".encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return Request({"type": "http", "method": "POST", "path": "/apply/check", "headers": headers})


@pytest.mark.parametrize(
    ("request_", "given", "counts"),
    [
        (a_request(), MARK, True),
        (a_request(origin="http://portal.test"), MARK, True),
        (a_request(origin="http://elsewhere.test"), MARK, False),
        (a_request(origin="null"), MARK, False),
        (a_request(origin="http://[::1"), MARK, False),
        (a_request(), "x" * 43, False),
        (a_request(cookie=""), "", False),
    ],
)
def test_cookie_and_form_must_agree(request_: Request, given: str, counts: bool) -> None:
    assert is_own_form(request_, FormData({"csrf": given})) is counts


def test_a_browser_keeps_its_token() -> None:
    assert token(a_request()) == MARK
    assert token(a_request(cookie="short")) != "short"
