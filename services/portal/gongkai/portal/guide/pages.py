"""Pages that stand: the guide (条例第十二条), accessibility, site map; and what a reader gets when there is no page."""

from xml.sax.saxutils import escape

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.contracts.vocabulary import Category
from gongkai.ledger.read import DISCONNECTED
from gongkai.portal.actions import Action
from gongkai.portal.catalogue.narrowing import Wanted
from gongkai.portal.face import desk, moment, page
from gongkai.runtime.problems import UNREADABLE, unreadable
from gongkai.runtime.rights import acts
from gongkai.web.headers import HEADERS

router = APIRouter(include_in_schema=False)

COLUMNS = (
    "/",
    "/documents",
    "/institutions",
    "/reports",
    "/guide",
    "/calendar",
    "/rules/cn",
    "/apply",
    "/progress",
    "/accessibility",
    "/sitemap",
)


@router.get("/guide")
@acts(Action.READ_PUBLISHED)
@clause("GT-guide", "GT-whom", "LS-12", "WY-A.3")
async def guide(request: Request) -> Response:
    """From live data: what there is, by category, and whom to ask."""
    at = desk(request)
    filed = await at.catalogue.categories()
    published = {unit.key: unit for unit in await at.catalogue.units()}
    known = {unit.unit: unit for unit in await at.intake.units()}
    asked = [unit for unit in known.values() if unit.takes_applications]
    latest = await at.catalogue.listing(Wanted(), page=1)
    return await page(
        request,
        "guide.html",
        counts=[(category, filed.get(category, 0)) for category in Category],
        bodies=asked,
        published=published,
        known=known,
        others=[
            (key, known[key].name if key in known else published[key].name, known.get(key))
            for key in dict.fromkeys((*known, *published))
            if key not in known or not known[key].takes_applications
        ],
        changed=latest.entries[0].published_at if latest.entries else None,
    )


@router.get("/accessibility")
@acts(Action.READ_PUBLISHED)
async def accessibility(request: Request) -> Response:
    return await page(request, "accessibility.html")


@router.get("/sitemap")
@acts(Action.READ_PUBLISHED)
async def sitemap(request: Request) -> Response:
    at = desk(request)
    return await page(
        request, "sitemap.html", units=await at.catalogue.units(), years=await at.catalogue.years()
    )


@router.get("/sitemap.xml")
@acts(Action.READ_PUBLISHED)
async def sitemap_file(request: Request) -> Response:
    base = desk(request).address
    lines = [f"<url><loc>{escape(base + path)}</loc></url>" for path in COLUMNS]
    for document, changed in await desk(request).catalogue.addresses():
        loc = escape(f"{base}/documents/{document}")
        lines.append(f"<url><loc>{loc}</loc><lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>")
    body = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return Response(body + "\n".join(lines) + "\n</urlset>\n", media_type="application/xml")


@router.get("/robots.txt")
@acts(Action.READ_PUBLISHED)
async def robots(request: Request) -> Response:
    base = desk(request).address
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /apply\nDisallow: /progress\nSitemap: {base}/sitemap.xml\n"
    )


def install_errors(app: FastAPI) -> None:
    """A reader gets a page, not a problem document."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    for kind in UNREADABLE:
        app.add_exception_handler(kind, _unreadable)
    for away in DISCONNECTED:
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _failed)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return await error_page(request, status)


async def _malformed(request: Request, _: Exception) -> Response:
    return await error_page(request, 400)


async def _unreadable(request: Request, _: Exception) -> Response:
    return await error_page(request, 422)


async def _away(request: Request, error: Exception) -> Response:
    if unreadable(error):
        return await _unreadable(request, error)
    return await error_page(request, 503)


async def _failed(request: Request, _: Exception) -> Response:
    response = await error_page(request, 500)
    for name, value in HEADERS.items():  # this answer is made outside the middleware that sets them
        response.headers.setdefault(name, value)
    return response


async def error_page(request: Request, status: int, wait: int = 0) -> Response:
    """Says what happened and where to go on."""
    response = await page(request, "error.html", status, now=await moment(request), code=status, wait=wait)
    if wait or status == 503:
        response.headers["Retry-After"] = str(wait or 5)
    return response
