"""How the portal's pages are made: templates, what every page knows, what a request can reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from gongkai.contracts.vocabulary import Category
from gongkai.portal.applications.csrf import keep, token
from gongkai.portal.applications.intake import Intake
from gongkai.portal.applications.limits import Limit
from gongkai.portal.catalogue.reads import Catalogue
from gongkai.portal.site import Site
from gongkai.web import templates

FOLDER = Path(__file__).parent

pages = templates(FOLDER)


@dataclass(slots=True)
class Desk:
    """What the pages work with, at `request.app.state.desk`. Limits are real time (等保: 5 failures, 300 s)."""

    site: Site
    address: str  # of the portal, as the public writes it; without a slash at the end
    catalogue: Catalogue
    intake: Intake
    wrong_codes: Limit = field(default_factory=lambda: Limit(5, 300))
    wrong_codes_of_one: Limit = field(default_factory=lambda: Limit(20, 300))
    applications: Limit = field(default_factory=lambda: Limit(30, 3600))


def desk(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


def client(request: Request) -> str:
    """The address that attempts are counted by."""
    return request.client.host if request.client else "unknown"


async def page(request: Request, name: str, /, status: int = 200, **context: Any) -> Response:
    """A page to read."""
    return await pages.page(request, name, status, site=desk(request).site, **context)


async def form_page(request: Request, name: str, /, status: int = 200, **context: Any) -> Response:
    """A page with a form that is posted: its token comes along."""
    mark = token(request)
    response = await page(request, name, status, csrf=mark, **context)
    keep(response, mark, secure=desk(request).site.secure_cookies)
    return response


async def moment(request: Request) -> datetime:
    """Now, by the clock of the deployment; by the wall when the database is away."""
    try:
        now: datetime = await request.app.state.deps.clock.now()
    except Exception:  # an error page must not fail for the same reason as the page
        return datetime.now(UTC)
    return now


def pub_date(value: datetime) -> str:
    """PubDate of the national standard: 2026-11-24 15:04."""
    return f"{value.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"


def address(path: str, values: Mapping[str, Any], **changes: Any) -> str:
    """A path with its query, as far as there is something to say."""
    kept = {k: v for k, v in {**values, **changes}.items() if v not in ("", None)}
    return f"{path}?{urlencode(kept)}" if kept else path


pages.env.filters["pub_date"] = pub_date
pages.env.filters["category"] = Category
pages.env.globals["address"] = address
