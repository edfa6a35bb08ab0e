"""Addresses of lists: filters and cursor stand in the query, so that an address can be sent to a colleague."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends
from pydantic import BeforeValidator

from gongkai.console.lists.cursor import Slice
from gongkai.console.lists.listing import PageCursor


def address(path: str, filters: Any = None, **more: Any) -> str:
    """A path with its query; empty values are left out. `filters`: a dataclass or a mapping."""
    if is_dataclass(filters) and not isinstance(filters, type):
        asked: Mapping[str, Any] = asdict(filters)
    else:
        asked = filters or {}
    query = {k: _plain(v) for k, v in {**asked, **more}.items() if v not in ("", None, False)}
    return f"{path}?{urlencode(query)}" if query else path


class PageLinks(NamedTuple):
    """Addresses of the neighbouring pages, "" where there is none: the arguments of `pagination` in macros.html."""

    newer: str
    older: str


def page_links(path: str, filters: Any, found: Slice[Any]) -> PageLinks:
    return PageLinks(
        address(path, filters, before=found.newer) if found.newer else "",
        address(path, filters, after=found.older) if found.older else "",
    )


def cursor(after: str = "", before: str = "") -> PageCursor:
    """FastAPI dependency: the cursor in the query."""
    return PageCursor(after, before)


Cursor = Annotated[PageCursor, Depends(cursor)]


def day_of(text: str) -> date | None:
    """A day in a query. None, which filters nothing, for an empty or unreadable one and for years outside 1900–2999."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 3000 else None


Day = Annotated[date | None, BeforeValidator(day_of)]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
