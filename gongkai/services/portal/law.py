"""Clauses by the names that the public knows. An id without one here is shown as it is."""

from gongkai.contracts.clauses import ClauseId
from gongkai.runtime.web import t

# Articles of 中华人民共和国政府信息公开条例 (Order 711) behind the national requirements that pages cite.
ARTICLES: dict[ClauseId, tuple[str, str]] = {
    "GT-guide": ("第十二条", "12"),
    "GT-grounds": ("第十四条至第十六条", "14 to 16"),
    "GT-portal": ("第二十三条", "23"),
    "GT-whom": ("第二十七条", "27"),
    "GT-apply": ("第二十九条", "29"),
    "GT-correct": ("第三十条", "30"),
    "GT-received": ("第三十一条", "31"),
    "GT-answer": ("第三十三条", "33"),
    "GT-kinds": ("第三十六条", "36"),
    "GT-notours": ("第三十六条", "36"),
    "GT-partial": ("第三十七条", "37"),
    "GT-fee": ("第四十二条", "42"),
    "GT-access": ("第四十三条", "43"),
    "GT-complain": ("第四十七条", "47"),
    "GT-remedy": ("第五十一条", "51"),
}


def law(clause: ClauseId | None) -> str:
    """条例第二十九条 · Regulation, art. 29."""
    if clause not in ARTICLES:
        return clause or ""
    zh, en = ARTICLES[clause]
    return t(f"条例{zh}", f"Regulation, art. {en}")
