"""Addresses of pages that hold what the page shows, so that they can be sent to a colleague."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends
from pydantic import BeforeValidator

from gongkai.console.lists.cursor import Slice
from gongkai.console.lists.listing import Leaf


def address(path: str, wanted: Any = None, **more: Any) -> str:
    """A path with its query, as far as there is something to say. `wanted`: a dataclass or a mapping."""
    if is_dataclass(wanted) and not isinstance(wanted, type):
        asked: Mapping[str, Any] = asdict(wanted)
    else:
        asked = wanted or {}
    kept = {k: _plain(v) for k, v in {**asked, **more}.items() if v not in ("", None, False)}
    return f"{path}?{urlencode(kept)}" if kept else path


class Beside(NamedTuple):
    """Addresses of the pages on either side, "" where there is none: what `pagination` in macros.html wants."""

    newer: str
    older: str


def beside(path: str, wanted: Any, found: Slice[Any]) -> Beside:
    return Beside(
        address(path, wanted, before=found.newer) if found.newer else "",
        address(path, wanted, after=found.older) if found.older else "",
    )


def leaf(after: str = "", before: str = "") -> Leaf:
    """FastAPI dependency: which page of a list the address asks for."""
    return Leaf(after, before)


Paged = Annotated[Leaf, Depends(leaf)]


def day_of(text: str) -> date | None:
    """A day in an address: an empty or unreadable one narrows nothing, nor does one that no log reaches."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 3000 else None


Day = Annotated[date | None, BeforeValidator(day_of)]


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
