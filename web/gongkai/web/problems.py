"""A service's refusal (RFC 9457 problem document) on a page: what is wrong, which clause, which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.runtime.web.language import t
from gongkai.runtime.web.words import anchor


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `field` is a JSON pointer into what was sent."""

    code: str
    zh: str
    en: str
    field: str | None = None
    clause: str | None = None
    status: int = 422

    @property
    def says(self) -> str:
        return t(self.zh, self.en)

    @property
    def anchor(self) -> str:
        return anchor(self.field)


def from_document(document: Mapping[str, Any], status: int) -> list[Problem]:
    """The problems in a problem document; one, or one an entry of its `errors`."""
    main = Problem(
        code=str(
            document.get("code") or document.get("type", "unknown").removeprefix("urn:gongkai:problem:")
        ),
        zh=str(document.get("title", "请求未能完成。")),
        en=str(document.get("title_en") or document.get("title", "The request could not be completed.")),
        field=document.get("field"),
        clause=document.get("clause"),
        status=status,
    )
    entries = document.get("errors")
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        return [main]
    return [main if entry.get("field") == main.field else _further(main, entry) for entry in entries]


def _further(main: Problem, entry: Mapping[str, Any]) -> Problem:
    """One more field that is wrong; of a form's fields only what kind of wrong is known."""
    field = str(entry.get("field", ""))
    return Problem(
        code="input.missing" if entry.get("code") == "missing" else main.code,
        zh=str(entry.get("zh") or f"字段 {field} 不符合要求。"),
        en=str(entry.get("en") or f"{field} isn't of the form required."),
        field=field or None,
        clause=entry.get("clause"),
        status=main.status,
    )


def of_field(problems: Sequence[Problem], pointer: str) -> Problem | None:
    """The first problem of that field."""
    return next((p for p in problems if p.field == pointer), None)
