"""How the audit trail writes days and points."""

from datetime import date


def day_in_words(day: date) -> tuple[str, str]:
    """In Chinese and in English."""
    return f"{day.year}年{day.month}月{day.day}日", f"{day:%-d %B %Y}"


def points_in_words(hundredths: int) -> str:
    """With their sign: `−1.5`."""
    sign = "−" if hundredths < 0 else "+"
    return f"{sign}{abs(hundredths) / 100:g}"
