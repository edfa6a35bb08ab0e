"""Cursors of pages: the sort key of the row after which a page begins, encoded for the address."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from gongkai.runtime.edge import storable

PAGE = 30

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """One page of a list, and the cursors of its neighbours ("" where there is none)."""

    rows: Sequence[Row]
    newer: str = ""
    older: str = ""


def pack(*key: Any) -> str:
    plain = [v.isoformat() if isinstance(v, date | datetime) else str(v) for v in key]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def unpack(text: str, *kinds: Callable[[str], Any]) -> list[Any] | None:
    """The key; None for an unreadable cursor, which is treated like no cursor."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or not all(isinstance(value, str) for value in plain):
            return None
        key = [kind(value) for kind, value in zip(kinds, plain, strict=True)]
    except (ValueError, TypeError, RecursionError):
        return None
    return key if all(map(_comparable, key)) else None


def _comparable(value: Any) -> bool:
    """Whether PostgreSQL can compare with it: naive or far moments and NUL characters are refused."""
    if isinstance(value, datetime):
        return value.utcoffset() is not None and 1900 <= value.year < 3000
    return not isinstance(value, str) or storable(value)


def sliced(
    rows: Sequence[Row], size: int, *, key: Callable[[Row], str], after: bool, backwards: bool
) -> Slice[Row]:
    """A page from `size` + 1 rows as the query gave them; `backwards`: they were read towards the newer end."""
    more, page = len(rows) > size, list(rows[:size])
    if backwards:
        page.reverse()
    if not page:
        return Slice(page)
    newer = key(page[0]) if (more if backwards else after) else ""
    older = key(page[-1]) if (more or backwards) else ""
    return Slice(page, newer, older)
