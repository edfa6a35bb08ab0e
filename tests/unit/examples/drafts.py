"""A version as the gate of a release asks for it."""

from datetime import date
from typing import Any

from gongkai.contracts.vocabulary import Attribute, Category
from gongkai.rules.release.gate import Draft
from tests.unit.examples.cases import D1, DOCUMENT, a_ref

DRAFTED = a_ref(1)


def a_draft(**changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "unit": "education",
        "title": "关于做好义务教育招生工作的通知",
        "number": "上教〔2026〕5号",
        "category": Category.OFFICIAL_DOCUMENT,
        "attribute": Attribute.PROACTIVE,
        "summary": "规定招生范围、时间和办法",
        "digest": D1,
        "media_type": "text/plain",
        "size": 4096,
        "formed_on": date(2026, 3, 2),
        "consult": (),
        "ref": DRAFTED,
    }
    return Draft(**fields | changes)
