"""不予办理的答复: the problem document (RFC 9457) that every refusal is told in, over HTTP and on Kafka alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field


class Fault(BaseModel):
    """One field that isn't of the form required."""

    field: str = Field(description="字段位置（JSON Pointer） · JSON pointer of the field")
    code: str
    says: str


class Problem(BaseModel):
    """What was wrong (RFC 9457): a stable code, the clause behind it, the field to mend, a sentence in both languages."""

    type: str = Field(description="urn:gongkai:problem:<code>")
    title: str = Field(description="中文说明 · the sentence in Chinese")
    title_en: str = Field(description="英文说明 · the sentence in English")
    status: int
    code: str = Field(description="稳定的机器代码 · stable, for machines")
    clause: str | None = Field(description="依据的条款 · the clause that asks for it")
    field: str | None = Field(description="应更正的字段（JSON Pointer） · JSON pointer of what to mend")
    errors: list[Fault] | None = Field(None, description="逐个字段的错误 · every field that is wrong")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, as whoever called reads it in a problem document. `field` is a JSON pointer into what was sent."""

    code: str
    zh: str
    en: str
    field: str | None = None
    clause: str | None = None


def findings(document: Mapping[str, Any]) -> list[Finding]:
    """What a problem document finds wrong; one, or one an entry of its `errors`."""
    main = Finding(
        code=str(
            document.get("code") or document.get("type", "unknown").removeprefix("urn:gongkai:problem:")
        ),
        zh=str(document.get("title", "请求未能完成。")),
        en=str(document.get("title_en") or document.get("title", "The request could not be completed.")),
        field=document.get("field"),
        clause=document.get("clause"),
    )
    entries = document.get("errors")
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        return [main]
    return [main if entry.get("field") == main.field else _further(main, entry) for entry in entries]


def _further(main: Finding, entry: Mapping[str, Any]) -> Finding:
    """One more field that is wrong; of a form's fields only what kind of wrong is known."""
    field = str(entry.get("field", ""))
    return Finding(
        code="input.missing" if entry.get("code") == "missing" else main.code,
        zh=str(entry.get("zh") or f"字段 {field} 不符合要求。"),
        en=str(entry.get("en") or f"{field} isn't of the form required."),
        field=field or None,
        clause=entry.get("clause"),
    )
