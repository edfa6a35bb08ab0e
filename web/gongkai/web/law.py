"""Clauses as they are cited: 条例第三十三条 for GT-answer, 楚雄制度第六条 for CX-6."""

import re

from gongkai.contracts.clauses import ClauseId
from gongkai.rules.requirements import requirements
from gongkai.web.dates import date_words
from gongkai.web.language import t

# The regulations by the first letters of their clauses' ids, as short as a page needs them.
SHORT: dict[str, tuple[str, str]] = {
    "GT": ("条例", "Regulation"),
    "SC": ("上城制度", "Shangcheng rules"),
    "CX": ("楚雄制度", "Chuxiong rules"),
    "WY": ("五原制度", "Wuyuan rules"),
    "HZ": ("惠州规程", "Huizhou rules"),
    "LS": ("烈山制度", "Lieshan rules"),
}
_DIGITS = "零一二三四五六七八九"
_NUMERAL = re.compile(r"[一二三四五六七八九十]+")
_RANGE = re.compile(r"第([一二三四五六七八九十]+)-([一二三四五六七八九十]+)条")


def law(clause: ClauseId | None) -> str:
    """条例第二十九条 · Regulation, art. 29. An id that is in no list is shown as it is."""
    found = requirements().get(clause or "")
    if found is None:
        return clause or ""
    zh, en = SHORT[found.id.partition("-")[0]]
    place = _RANGE.sub(r"第\1条至第\2条", found.clause.split(";")[0].strip())
    if found.id.startswith("GT-") and not place.startswith("第"):
        zh = ""  # another law's article, which says itself whose it is
    return t(zh + _chinese(place), f"{en}, {_english(place)}" if zh else _english(place))


def source(clause: ClauseId | None) -> str:
    """The full citation of the clause: id, regulation, system and place."""
    found = requirements().get(clause or "")
    if found is None:
        return clause or ""
    regulation = "" if found.id.startswith("GT-") and not found.clause.startswith("第") else found.regulation
    system = "" if found.system == found.regulation else f"《{found.system}》"
    return f"{found.id} {regulation}{system}{_chinese(found.clause)}"


def rulebook(version: str) -> str:
    """The rules that a case is decided by: sc@2020-06-30+cn@2019-05-15 → 上城制度（2020年6月30日）、全国规则（2019年5月15日）."""
    named = []
    for part in version.split("+"):
        id_, _, day = part.partition("@")
        zh, en = ("全国规则", "national rules") if id_ == "cn" else SHORT.get(id_.upper(), (id_, id_))
        named.append(t(f"{zh}（{date_words(day)}）", f"{en} ({date_words(day)})") if day else t(zh, en))
    return t("、", ", ").join(named)


def _chinese(place: str) -> str:
    """附1 第四条(3) → 附1第四条（3）."""
    return place.replace(" ", "").replace("(", "（").replace(")", "）")


def _english(place: str) -> str:
    """第二十九条 → art. 29, 附1 第四条(3) → annex 1 art. 4(3)."""
    words = _NUMERAL.sub(lambda n: str(_number(n[0])), place)
    words = re.sub(r"第(\d+)款", r" para. \1", words)
    words = re.sub(r"第(\d+)条", r"art. \1", words)
    return words.replace("附", "annex ").replace("至", " to ").replace("、", ", ")


def _number(numeral: str) -> int:
    """Up to 99, which no regulation here goes beyond."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _DIGITS.index(numeral)
    return 10 * (_DIGITS.index(tens) if tens else 1) + (_DIGITS.index(ones) if ones else 0)
