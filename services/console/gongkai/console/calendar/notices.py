"""The form in which a holiday notice is typed: a row a holiday, as the notices list them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gongkai.web import Problem

# 全国年节及纪念日放假办法第二条. A holiday that falls together with another is named in one of the two rows.
ROWS: Sequence[tuple[str, str, str]] = (
    ("new-year", "元旦", "New Year's Day"),
    ("spring-festival", "春节", "Spring Festival"),
    ("tomb-sweeping", "清明节", "Tomb-Sweeping Day"),
    ("labour-day", "劳动节", "Labour Day"),
    ("dragon-boat", "端午节", "Dragon Boat Festival"),
    ("mid-autumn", "中秋节", "Mid-Autumn Festival"),
    ("national-day", "国庆节", "National Day"),
)

_LABELS = {
    "year": ("年份", "Year"),
    "number": ("发文字号", "Number"),
    "dated": ("成文日期", "Date"),
    "title": ("标题", "Title"),
    "from": ("放假自", "Off from"),
    "to": ("放假至", "Off to"),
    "make_up": ("调休上班", "Worked instead"),
    "zh": ("节日", "Holiday"),
}


def as_body(form: Mapping[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """The notice that was typed, and which row each of its holidays stands in. Empty rows are left out."""
    rows = [n for n in range(len(ROWS)) if any(_field(form, n, name) for name in ("from", "to", "make_up"))]
    holidays = [
        {
            "code": ROWS[n][0],
            "zh": _field(form, n, "zh") or ROWS[n][1],
            "en": ROWS[n][2],
            "from": _field(form, n, "from"),
            "to": _field(form, n, "to") or _field(form, n, "from"),
            "make_up": [day for day in re.split(r"[\s,，、;；]+", _field(form, n, "make_up")) if day],
        }
        for n in rows
    ]
    head = {name: str(form.get(name) or "").strip() for name in ("year", "number", "dated", "title")}
    return {**head, "holidays": holidays}, rows


def _field(form: Mapping[str, Any], row: int, name: str) -> str:
    return str(form.get(f"holidays/{row}/{name}") or "").strip()


def at_form_field(
    where: Sequence[str | int], message: str, rows: Sequence[int], code: str = "calendar.malformed"
) -> Problem:
    """The problem at the field of the form that it is about. `message`: `中文 · English`, or pydantic's own words."""
    steps = list(where)
    if len(steps) > 1 and steps[0] == "holidays" and isinstance(steps[1], int):
        steps[1] = rows[steps[1]]
    path = steps[:3] if steps[:1] == ["holidays"] else steps[:1]
    zh, _, en = message.rpartition(" · ")
    if not zh:
        zh_label, en_label = _LABELS.get(str(path[-1]) if path else "", ("通知", "the notice"))
        zh, en = f"“{zh_label}”的填写不符合要求。", f"“{en_label}” isn't of the form required: {en}"
    if len(path) == 2:  # a holiday that contradicts itself: shown where it begins
        path.append("from")
    field = "".join(f"/{step}" for step in path)
    return Problem(
        code, zh, en, field="/holidays/0/from" if field == "/holidays" else field, clause="GT-count"
    )
