"""How dates and moments are written on a page."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gongkai.web.language import t

SHANGHAI = ZoneInfo("Asia/Shanghai")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEK_ZH = "一二三四五六日"
_WEEK_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def as_date(value: date | datetime | str) -> date:
    """A date, a moment (its day in Shanghai) or ISO 8601 text of either."""
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def date_words(value: date | datetime | str | None) -> str:
    """2026年11月24日 · 24 November 2026."""
    if value is None:
        return ""
    day = as_date(value)
    return t(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def short_date(value: date | datetime | str | None) -> str:
    """11月24日 · 24 Nov: where the year is said nearby."""
    if value is None:
        return ""
    day = as_date(value)
    return t(f"{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1][:3]}")


def moment_words(value: datetime | str | None) -> str:
    """2026年11月24日 15:04, Asia/Shanghai, to the minute."""
    if value is None:
        return ""
    moment = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(SHANGHAI)
    return f"{date_words(moment.date())} {moment:%H:%M}"


def iso(value: date | datetime | str | None) -> str:
    """Machine-readable, for `<time datetime>`: dates as they are, moments with their offset in Shanghai."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return "" if value is None else str(value)


def weekday(value: date | str) -> str:
    n = as_date(value).weekday()
    return t(f"周{_WEEK_ZH[n]}", _WEEK_EN[n])
