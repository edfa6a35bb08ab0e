"""Conversion between days of the law (Asia/Shanghai) and moments (UTC)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_date(now: datetime) -> date:
    """The day in China at that moment. ValueError for a moment without an offset."""
    if now.utcoffset() is None:
        raise ValueError("a moment needs its offset from UTC")
    return now.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The first moment after that day in China, as UTC: when a term that ends on it is over."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=SHANGHAI).astimezone(UTC)
