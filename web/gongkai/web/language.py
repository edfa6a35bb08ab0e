"""The language of a page: 中文 by default, English by `?lang=en`, remembered in a cookie."""

from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import Literal
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import URL, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Language = Literal["zh", "en"]
COOKIE = "gongkai_lang"
_YEAR = 31_536_000

current_language: ContextVar[Language] = ContextVar("spoken", default="zh")


def t(zh: str, en: str) -> str:
    """The sentence in the language of the request."""
    return en if current_language.get() == "en" else zh


def other_language_address(url: URL, to: Language) -> str:
    """The same page in the other language, as a path with its query."""
    kept = [(k, v) for k, values in parse_qs(url.query).items() if k != "lang" for v in values]
    path = "/" + url.path.lstrip("/\\")  # a browser takes //name for another host
    return f"{path}?{urlencode([*kept, ('lang', to)])}"


class LanguageMiddleware:
    """ASGI middleware: sets `current_language` for the request; a `?lang=` in the address is stored in a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = _asked(scope)
        current_language.set(asked or _remembered(scope) or "zh")

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and asked:
                headers = MutableHeaders(scope=message)
                headers.append(
                    "Set-Cookie", f"{COOKIE}={asked}; Path=/; Max-Age={_YEAR}; SameSite=Lax; HttpOnly"
                )
            await send(message)

        await self.app(scope, receive, with_cookie)


def _asked(scope: Scope) -> Language | None:
    values = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [])
    return _known(values[-1]) if values else None


def _remembered(scope: Scope) -> Language | None:
    for name, value in scope["headers"]:
        if name == b"cookie":
            jar = SimpleCookie()
            try:
                jar.load(value.decode("latin-1"))
            except CookieError:  # a malformed cookie is no reason to refuse a page
                return None
            return _known(jar[COOKIE].value) if COOKIE in jar else None
    return None


def _known(word: str) -> Language | None:
    if word == "en":
        return "en"
    return "zh" if word == "zh" else None
