"""Posted forms, accepted only from a page of this site: the token in the form must equal the one in the cookie."""

import hmac
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gongkai.runtime.edge import typed
from gongkai.web import Problem

COOKIE = "gongkai_form"
LARGEST = 256 * 1024  # bytes of a posted form

STALE = Problem(
    "form.stale",
    "页面已失效，您填写的内容还在，请再提交一次。",
    "This page had expired. What you typed is still here: please send it again.",
    status=403,
)


def token(request: Request) -> str:
    """The browser's token, or a new one."""
    known = request.cookies.get(COOKIE, "")
    return known if len(known) == 43 else secrets.token_urlsafe(32)


def set_cookie(response: Response, value: str, *, secure: bool) -> None:
    """Set with every page that has a form. A session cookie that holds nothing about the person."""
    response.set_cookie(COOKIE, value, httponly=True, samesite="strict", secure=secure, path="/")


async def form_data(request: Request) -> FormData:
    """The form's fields. Files and bodies larger than LARGEST are refused (413)."""
    if int(request.headers.get("content-length") or LARGEST + 1) > LARGEST:
        raise HTTPException(413)
    return await typed(request, max_files=0)


def is_own_form(request: Request, data: FormData) -> bool:
    """Whether the form is from this site: by its token and, where the browser sends it, by its origin."""
    known, given = request.cookies.get(COOKIE, ""), str(data.get("csrf", ""))
    origin = request.headers.get("origin")
    if origin is not None and _host(origin) != request.headers.get("host", ""):
        return False
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # http://[::1
        return None
