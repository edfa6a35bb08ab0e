"""What console and portal share: templates, language, static files, security headers.

pages = templates(Path(__file__).parent)            # <folder>/templates, shared ones under "web/"
add_page_middleware(app)                            # language and security headers
mount_static(app, own=Path(__file__).parent / "static")
return await pages.page(request, "documents.html", documents=rows)
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from gongkai.web.clock_view import ClockView, DayCell, SkippedDays, days_after, view_of_clock
from gongkai.web.dates import SHANGHAI
from gongkai.web.filters import FILTERS
from gongkai.web.headers import SecurityHeadersMiddleware
from gongkai.web.language import Language, LanguageMiddleware, current_language, other_language_address, t
from gongkai.web.problems import Problem, from_document, of_field
from gongkai.web.static_files import HERE, Addresses, mount_static

__all__ = [
    "ClockView",
    "DayCell",
    "Language",
    "Pages",
    "Problem",
    "SkippedDays",
    "add_page_middleware",
    "current_language",
    "days_after",
    "from_document",
    "mount_static",
    "of_field",
    "t",
    "templates",
    "view_of_clock",
]


class Clock(Protocol):
    """What a page asks the process's clock: the moment, and whether it is a simulated one."""

    @property
    def simulated(self) -> bool: ...

    async def now(self) -> datetime: ...


class Pages:
    """Templates of one service. A page gets `request`, `now`, `today`, `simulated`, `lang`, `switch_to`."""

    def __init__(self, folder: Path, *mounted: Path) -> None:
        own = folder / "static"
        self.env = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader([each / "templates" for each in (folder, *mounted)]),
                    PrefixLoader({"web": FileSystemLoader(HERE / "templates/web")}),
                ]
            ),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        static = Addresses(own if own.is_dir() else None)
        self.env.filters.update(FILTERS)
        self.env.globals.update(t=t, static=static, has_vendor=static.has, problem_of=of_field)

    async def page(self, request: Request, name: str, /, status: int = 200, **context: Any) -> HTMLResponse:
        """The page, at the moment of the process's clock (`context["now"]` overrides it: as-of pages)."""
        clock: Clock = request.app.state.deps.clock
        now: datetime = context.pop("now", None) or await clock.now()
        lang = current_language.get()
        body = self.env.get_template(name).render(
            request=request,
            now=now,
            today=now.astimezone(SHANGHAI).date(),
            simulated=clock.simulated,
            lang=lang,
            switch_to=other_language_address(request.url, "zh" if lang == "en" else "en"),
            **context,
        )
        return HTMLResponse(body, status_code=status)


@cache
def templates(folder: Path, *mounted: Path) -> Pages:
    """Pages of the service whose package is in `folder`, and of what is mounted in its process. A template is compiled
    once in a process."""
    return Pages(folder, *mounted)


def add_page_middleware(app: FastAPI) -> None:
    """Language and security headers for every response of the app."""
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(LanguageMiddleware)
