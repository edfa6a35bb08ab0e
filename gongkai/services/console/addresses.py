"""Addresses of pages that hold what the page shows, so that they can be sent to a colleague."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode


def address(path: str, wanted: Any = None, **more: Any) -> str:
    """A path with its query, as far as there is something to say. `wanted`: a dataclass or a mapping."""
    if is_dataclass(wanted) and not isinstance(wanted, type):
        asked: Mapping[str, Any] = asdict(wanted)
    else:
        asked = wanted or {}
    kept = {k: _plain(v) for k, v in {**asked, **more}.items() if v not in ("", None, False)}
    return f"{path}?{urlencode(kept)}" if kept else path


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
