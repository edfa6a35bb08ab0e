"""The five jurisdictions' units and officers, as the template database holds them.

Ids: `<jurisdiction>-<unit>` and `<jurisdiction>-<unit>-<duty>`: `sc-water` has `sc-water-head`, `-deputy`, `-drafter`,
`-reviewer` and `-officer` (`running_services.unit`). `sc` itself is the government.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.integration.running_services import unit

BEGINS = datetime(2018, 1, 2, 1, tzinfo=UTC)  # 09:00 in Shanghai: before all but the first law

PLACES = {"sc": "示例区", "cx": "示例市", "wy": "示例县", "hz": "样例市", "ls": "样例区"}
LEVELS = {"cx": "city", "hz": "city"}  # the others are county
UNITS: dict[str, tuple[str, tuple[str, ...]]] = {
    "office": ("人民政府办公室", ("authority", "portal")),
    "secrecy": ("保密局", ("secrecy",)),
    "law": ("司法局", ("supervision",)),
    "news": ("新闻办公室", ("new-media",)),
    "finance": ("财政局", ()),
    "water": ("水务局", ()),
}


def entries() -> Iterator[dict[str, Any]]:
    """Complete entries of the register: nothing is lacking in any of them."""
    for place, name in PLACES.items():
        level = LEVELS.get(place, "county")
        yield unit(place) | {
            "name": f"{name}人民政府",
            "kind": "government",
            "jurisdiction": place,
            "level": level,
        }
        for short, (called, roles) in UNITS.items():
            yield of_unit(place, short, f"{name}{called}", roles=roles, level=level)
    yield of_unit("wy", "group", "示例县政务公开工作组", roles=("working-group",), kind="coordinating")


def of_unit(place: str, short: str, name: str, **more: Any) -> dict[str, Any]:
    """One unit's whole entry, with its disclosure body."""
    id_ = f"{place}-{short}"
    body = {
        "name": f"{name}办公室",
        "officer": f"{id_}-officer",
        "address": f"{name}1号楼101室",
        "hours": "工作日9:00-12:00，14:00-17:00",
        "phone": "0000-1234567",
    }
    entry = {
        "name": name,
        "jurisdiction": place,
        "government": place,
        "level": "county",
        "section": "办公室",
        "body": body,
    }
    return unit(id_) | entry | more
