"""The table of rights as it is shown: in `docs/rights.md`, by `gongkai rights`, and on the auditors' page."""

from collections.abc import Iterator
from typing import Any

from gongkai.runtime.rights.kinds import KINDS, cells
from gongkai.runtime.rights.published import labels, published


def as_data() -> list[dict[str, Any]]:
    """One entry an action: names, clause, who may in words, and the kinds of people who may."""
    told = cells()
    return [
        {
            "action": action,
            "service": rule.service,
            "zh": rule.zh,
            "en": rule.en,
            "clause": rule.clause,
            "writes": rule.writes,
            "who_zh": [grant.zh for grant in rule.grants],
            "who_en": [grant.en for grant in rule.grants],
            "kinds": told[action],
        }
        for action, rule in published().items()
    ]


def as_markdown() -> str:
    """`docs/rights.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# 权限表 Who may do what"
    yield ""
    yield (
        "Written by `gongkai rights --markdown` from what each service declares in its `actions.py`; a test holds the"
        " two against each other, and every cell against running services. Why it is so: [ADR 0020](adr/0020-rights.md)."
    )
    yield ""
    yield (
        "A right follows from the register on the day it is used. Auditors only read. The registrar and the security"
        " administrator are nobody's officers. Nobody reviews a draft of his own, nor answers for a unit that is asked"
        " about it."
    )
    data = as_data()
    for service, (zh, en) in labels().items():
        yield from (
            "",
            f"## {zh} {en}",
            "",
            "| 事项 | Action | 谁可以 | Who may | Clause |",
            "|---|---|---|---|---|",
        )
        for entry in data:
            if entry["service"] == service:
                who_zh, who_en = "；".join(entry["who_zh"]), "; ".join(entry["who_en"])
                yield f"| {entry['zh']} | `{entry['action']}` | {who_zh} | {who_en} | {entry['clause']} |"
    yield from ("", "## 逐格 Cell by cell", "")
    yield "A case of the unit `own`, on which the unit `asked` was asked; ● may, · may not."
    yield ""
    for number, kind in enumerate(KINDS, 1):
        yield f"{number}. {kind.zh} · {kind.en}"
    yield ""
    yield "| | " + " | ".join(str(n) for n in range(1, len(KINDS) + 1)) + " |"
    yield "|---|" + "---|" * len(KINDS)
    for entry in data:
        row = " | ".join("●" if entry["kinds"][kind.name] else "·" for kind in KINDS)
        yield f"| `{entry['action']}` | {row} |"
