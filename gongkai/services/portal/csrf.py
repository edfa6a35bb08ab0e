"""A form counts only when it comes from a page of this site: a random cookie must come back in the form."""

import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "gongkai_form"


def token(request: Request) -> str:
    """The browser's token, or a new one."""
    known = request.cookies.get(COOKIE, "")
    return known if len(known) == 43 else secrets.token_urlsafe(32)


def keep(response: Response, value: str, *, secure: bool) -> None:
    """Set with every page that has a form. A session's cookie: it says nothing about the person."""
    response.set_cookie(COOKIE, value, httponly=True, samesite="strict", secure=secure, path="/")


def accepted(request: Request, given: str) -> bool:
    """True when the form was ours: token and, where the browser says it, origin."""
    known = request.cookies.get(COOKIE, "")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return False
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())
