"""How points, sizes and coded words are written on a page, and all filters of the templates."""

import re

from gongkai.contracts.vocabulary import CodedTerm
from gongkai.web.dates import date_words, iso, moment_words, short_date, weekday
from gongkai.web.language import t
from gongkai.web.law import law, rulebook, source


def points_words(hundredths: int) -> str:
    """Hundredths of a point as people write them: −1.5, 99, +0.25."""
    whole, rest = divmod(abs(hundredths), 100)
    digits = f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"−{digits}" if hundredths < 0 else digits


def term_words(value: CodedTerm | None) -> str:
    """A coded word of the vocabulary in the language of the request."""
    return "" if value is None else t(value.zh, value.en)


def size_words(size: int) -> str:
    if size < 1024:
        return t(f"{size} 字节", f"{size} bytes")
    return f"{size / 1024:.1f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def anchor(pointer: str | None) -> str:
    """Id of the form field that a JSON pointer names: `/consult/0/unit` → `f-consult-0-unit`."""
    return "f" + re.sub(r"[^A-Za-z0-9]+", "-", pointer or "").rstrip("-") if pointer else ""


FILTERS = {
    "date": date_words,
    "short_date": short_date,
    "moment": moment_words,
    "iso": iso,
    "weekday": weekday,
    "points": points_words,
    "term": term_words,
    "size": size_words,
    "anchor": anchor,
    "law": law,
    "rulebook": rulebook,
    "source": source,
}
