"""Pages that rarely change: the guide (条例第十二条), accessibility, site map."""

from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from gongkai.contracts.clauses import clause
from gongkai.contracts.vocabulary import Category
from gongkai.portal.actions import Action
from gongkai.portal.catalogue.filters import DocumentFilters
from gongkai.portal.pages import page, page_dependencies
from gongkai.runtime.rights import acts

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
    """From live data: documents by category, and the bodies to apply to."""
    deps = page_dependencies(request)
    filed = await deps.catalogue.categories()
    published = {unit.key: unit for unit in await deps.catalogue.units()}
    known = {unit.unit: unit for unit in await deps.intake.units()}
    taking_applications = [unit for unit in known.values() if unit.takes_applications]
    latest = await deps.catalogue.listing(DocumentFilters(), page=1)
    return await page(
        request,
        "guide.html",
        counts=[(category, filed.get(category, 0)) for category in Category],
        bodies=taking_applications,
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
    deps = page_dependencies(request)
    return await page(
        request, "sitemap.html", units=await deps.catalogue.units(), years=await deps.catalogue.years()
    )


@router.get("/sitemap.xml")
@acts(Action.READ_PUBLISHED)
async def sitemap_file(request: Request) -> Response:
    base = page_dependencies(request).address
    lines = [f"<url><loc>{escape(base + path)}</loc></url>" for path in COLUMNS]
    for document, changed in await page_dependencies(request).catalogue.addresses():
        loc = escape(f"{base}/documents/{document}")
        lines.append(f"<url><loc>{loc}</loc><lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod></url>")
    body = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return Response(body + "\n".join(lines) + "\n</urlset>\n", media_type="application/xml")


@router.get("/robots.txt")
@acts(Action.READ_PUBLISHED)
async def robots(request: Request) -> Response:
    base = page_dependencies(request).address
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /apply\nDisallow: /progress\nSitemap: {base}/sitemap.xml\n"
    )
