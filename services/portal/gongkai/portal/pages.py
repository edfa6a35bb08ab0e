"""What all pages of the portal share: templates, their filters, and the dependencies of a request."""

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
from gongkai.portal.applications.csrf import set_cookie, token
from gongkai.portal.applications.intake import IntakeClient
from gongkai.portal.applications.limits import Limit
from gongkai.portal.catalogue.reads import Catalogue
from gongkai.portal.site import Site
from gongkai.web import templates

FOLDER = Path(__file__).parent

pages = templates(FOLDER)


@dataclass(slots=True)
class PageDependencies:
    """The objects that pages use, at `request.app.state.page_dependencies`. Limits are real time (等保: 5 failures, 300 s)."""

    site: Site
    address: str  # public address of the portal, without a slash at the end
    catalogue: Catalogue
    intake: IntakeClient
    wrong_codes: Limit = field(default_factory=lambda: Limit(5, 300))
    wrong_codes_of_one: Limit = field(default_factory=lambda: Limit(20, 300))
    applications: Limit = field(default_factory=lambda: Limit(30, 3600))


def page_dependencies(request: Request) -> PageDependencies:
    found: PageDependencies = request.app.state.page_dependencies
    return found


def client_address(request: Request) -> str:
    """The address by which attempts are counted."""
    return request.client.host if request.client else "unknown"


async def page(request: Request, name: str, /, status: int = 200, **context: Any) -> Response:
    """A page without a form that is posted."""
    return await pages.page(request, name, status, site=page_dependencies(request).site, **context)


async def form_page(request: Request, name: str, /, status: int = 200, **context: Any) -> Response:
    """A page with a form that is posted, and the cookie with the form's token."""
    value = token(request)
    response = await page(request, name, status, csrf=value, **context)
    set_cookie(response, value, secure=page_dependencies(request).site.secure_cookies)
    return response


async def current_time(request: Request) -> datetime:
    """Now, by the clock of the deployment; the system's time when the database can't be reached."""
    try:
        now: datetime = await request.app.state.deps.clock.now()
    except Exception:  # an error page must not fail for the same reason as the page
        return datetime.now(UTC)
    return now


def pub_date(value: datetime) -> str:
    """PubDate of the national standard: 2026-11-24 15:04."""
    return f"{value.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"


def address(path: str, values: Mapping[str, Any], **changes: Any) -> str:
    """A path with its query; empty values are left out."""
    query = {k: v for k, v in {**values, **changes}.items() if v not in ("", None)}
    return f"{path}?{urlencode(query)}" if query else path


pages.env.filters["pub_date"] = pub_date
pages.env.filters["category"] = Category
pages.env.globals["address"] = address
