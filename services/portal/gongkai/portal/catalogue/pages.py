"""What the public reads (条例第十二条、第二十三条、第二十四条): home, catalogue, documents, the columns of the menu."""

import csv
import io
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gongkai.contracts.clauses import clause
from gongkai.contracts.media import MEDIA
from gongkai.contracts.vocabulary import Category
from gongkai.ledger import blobs
from gongkai.portal.actions import Action
from gongkai.portal.catalogue.narrowing import Sort, Wanted
from gongkai.portal.catalogue.queries import Document, Entry, Listing
from gongkai.portal.catalogue.search import marked
from gongkai.portal.catalogue.timeline import steps
from gongkai.portal.face import desk, page, pub_date
from gongkai.runtime.rights import acts
from gongkai.web import t
from gongkai.web.typeset import typeset

router = APIRouter(include_in_schema=False)

EXPORTED = 5000  # rows of a file
HEADINGS = ("索引号", "标题", "发文字号", "发文机关", "类别", "成文日期", "发布日期", "内容概述", "链接")

# Columns whose documents say in their title what they are.
INSTITUTIONS = ("公开|公開", "制度|条例|條例|办法|辦法|规定|規定|规范|規範|规程|規程|细则|細則")
REPORTS = ("公开|公開", "年度报告|年度報告|年报|年報")

Text = Annotated[str, Query(max_length=200)]


@router.get("/")
@acts(Action.READ_PUBLISHED)
@clause("GT-portal")
async def home(request: Request) -> Response:
    at = desk(request)
    latest = await at.catalogue.listing(Wanted(), page=8)
    units = sorted(await at.catalogue.units(), key=lambda u: (-u.count, u.name))
    total = sum(unit.count for unit in units)
    return await page(
        request, "home.html", latest=latest, units=units[:10], unit_count=len(units), total=total
    )


async def wanted(
    q: Text = "", unit: Text = "", year: Text = "", category: Text = "", sort: Text = ""
) -> Wanted:
    """What the address asks for; what can't be is left out, so that an old link still shows a list."""
    chosen: Sort = "relevant" if q.strip() else "newest"
    if sort in ("newest", "oldest"):
        chosen = "oldest" if sort == "oldest" else "newest"
    return Wanted(
        q=q.strip(),
        unit=unit,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        category=category if category in set(Category) else "",
        sort=chosen,
    )


Asked = Annotated[Wanted, Depends(wanted)]


@router.get("/documents")
@acts(Action.READ_PUBLISHED)
@clause("GT-portal", "GT-guide")
async def catalogue(request: Request, asked: Asked, after: Text = "", before: Text = "") -> Response:
    at = desk(request)
    listing = await at.catalogue.listing(asked, after=after, before=before)
    return await page(
        request,
        "catalogue.html",
        wanted=asked,
        listing=listing,
        asked=_query(asked),
        nothing_asked=bool(asked.q) and not asked.question,
        units=await at.catalogue.units(),
        years=await at.catalogue.years(),
        categories=list(Category),
        hits=lambda text: marked(text, asked.question),
    )


def _query(asked: Wanted) -> dict[str, str | int | None]:
    """The address of the list again. The usual order needs no word in it."""
    usual = "relevant" if asked.q else "newest"
    sort = "" if asked.sort == usual else asked.sort
    return {"q": asked.q, "unit": asked.unit, "year": asked.year, "category": asked.category, "sort": sort}


@router.get("/documents.csv")
@acts(Action.READ_PUBLISHED)
async def catalogue_file(request: Request, asked: Asked) -> Response:
    """The list as asked for, for a spreadsheet: UTF-8 with a mark, and no cell that one would calculate."""
    listing = await desk(request).catalogue.listing(asked, page=EXPORTED)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEADINGS)
    for e in listing.entries:
        rows.writerow([*map(_cell, _row(e)), f"{desk(request).address}/documents/{e.document}"])
    headers = {"Content-Disposition": "attachment; filename=catalogue.csv"}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _row(e: Entry) -> list[str]:
    formed, published, kind = str(e.formed_on), pub_date(e.published_at), Category(e.category).zh
    return [e.index, e.title, e.number or "", e.unit_name, kind, formed, published, e.summary]


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


@router.get("/documents/{document}")
@acts(Action.READ_PUBLISHED)
@clause("WY-B.4", "LS-10b", "GT-guide")
async def document(request: Request, document: str) -> Response:
    at = desk(request)
    found = await _document(request, document)
    publications = await at.catalogue.publications(document)
    return await page(
        request,
        "document.html",
        doc=found,
        e=found.entry,
        sheet=typeset(found.body, found.entry.title, found.media_type),
        media=MEDIA.get(found.media_type, MEDIA["text/plain"]),
        first=publications[0].published_at,
        versions=len(publications),
        steps=steps(publications),
    )


@router.get("/documents/{document}/text")
@acts(Action.READ_PUBLISHED)
@clause("LS-2")
async def document_text(request: Request, document: str, shown: bool = False) -> Response:
    """The bytes that were reviewed and published: their SHA-256 is the one on the page. `shown`: inside a page."""
    found = await _document(request, document)
    content = await blobs.released(request.app.state.deps.pool, found.digest)
    media = MEDIA.get(found.media_type, MEDIA["text/plain"])
    ending = ".txt" if media.is_text else media.ending
    name = quote(f"{found.entry.title[:80]}{ending}", safe="")
    how = "inline" if shown and media.shown else "attachment"
    return Response(
        content,
        media_type="text/plain; charset=utf-8" if media.is_text else media.name,
        headers={"Content-Disposition": f"{how}; filename=\"document{ending}\"; filename*=UTF-8''{name}"},
    )


async def _document(request: Request, document: str) -> Document:
    found = await desk(request).catalogue.document(document)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/institutions")
@acts(Action.READ_PUBLISHED)
async def institutions(request: Request, after: Text = "", before: Text = "") -> Response:
    """制度: the published rules of disclosure itself."""
    return await _column(
        request,
        "/institutions",
        await _titled(request, INSTITUTIONS, after, before),
        name=("政府信息公开制度", "Rules of disclosure"),
        column_type="政策文件",
        lead=(
            "本栏目收录已经发布的政务公开、政府信息公开制度，包括条例、制度、办法、规定和规程。",
            "The published rules of open government and of disclosure: regulations, rules, measures, procedures.",
        ),
        empty=("尚无已发布的公开制度。", "No rules of disclosure have been published yet."),
    )


@router.get("/reports")
@acts(Action.READ_PUBLISHED)
async def reports(request: Request, after: Text = "", before: Text = "") -> Response:
    """年报: annual reports, due from departments by 31 January and from governments by 31 March."""
    return await _column(
        request,
        "/reports",
        await _titled(request, REPORTS, after, before),
        name=("政府信息公开年报", "Annual reports"),
        column_type="信息公开年报",
        lead=(
            "行政机关于每年1月31日前、县级以上地方人民政府于每年3月31日前，公布上一年度政府信息公开工作年度报告。",
            "Departments publish their report on the past year by 31 January, governments by 31 March.",
        ),
        empty=("尚无已发布的年度报告。", "No annual report has been published yet."),
    )


async def _titled(request: Request, words: tuple[str, ...], after: str, before: str) -> Listing:
    return await desk(request).catalogue.listing(Wanted(title_like=words), after=after, before=before)


async def _column(
    request: Request,
    path: str,
    listing: Listing,
    *,
    name: tuple[str, str],
    column_type: str,
    lead: tuple[str, str],
    empty: tuple[str, str],
) -> Response:
    return await page(
        request,
        "column.html",
        path=path,
        listing=listing,
        name=name[0],
        words=t(*name),
        column_type=column_type,
        lead=t(*lead),
        empty=t(*empty),
    )
