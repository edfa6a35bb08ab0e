"""Encoding of events, which refuses what the ingress couldn't read: when an event is queued, it can still be corrected."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json, to_json

from gongkai.contracts.ingress import LARGEST_EVENT

_MAX_ENVELOPE: Final = 64 * 1024  # bytes of an event besides its data
_MAX_DIGITS: Final = 4300  # that a JSON reader takes of one number
_MAX_DEPTH: Final = 190  # objects and lists within each other that a JSON reader takes


@dataclass(slots=True)
class Unfit(ValueError):
    """Not a valid event. `n`: which of those queued together, from 1; `field`: JSON pointer of the fault."""

    n: int
    field: str
    zh: str
    en: str

    def __str__(self) -> str:
        at_zh, at_en = (f" {self.field}", f" at {self.field}") if self.field else ("", "")
        return f"第 {self.n} 个事件{at_zh}：{self.zh} / event {self.n}{at_en}: {self.en}"


def encode(event: Mapping[str, Any], n: int) -> bytes:
    """The event as JSON that the ingress can read. Raises Unfit, which names the fault."""
    if not isinstance(event, Mapping):
        raise Unfit(n, "", "不是 JSON 对象", "not a JSON object")
    try:
        encoded = to_json(event)
        decoded = from_json(encoded, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        why = str(error)[:200]
        raise Unfit(n, *(_first_fault(event) or ("", f"不能写成 JSON：{why}", f"not JSON: {why}"))) from None
    if len(encoded) > LARGEST_EVENT:
        _check_size(decoded, len(encoded), n)
    return encoded


def _check_size(event: dict[str, Any], size: int, n: int) -> None:
    """Raises Unfit if the data or the rest of the event is larger than the ingress takes. `size`: of the whole."""
    if isinstance(encoded := event.get("data_base64"), str):
        field, data, written = "/data_base64", len(encoded) // 4 * 3, len(encoded)
    else:
        # as the ingress counts
        words = [event.get("type"), event.get("data")]
        data = written = len(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode())
        field = "/data"
    if data > LARGEST_EVENT:
        raise Unfit(
            n,
            field,
            f"最多 {LARGEST_EVENT} 字节，这里有 {data}。长文本请先用 POST /texts 上传",
            f"at most {LARGEST_EVENT} bytes, this has {data}; longer texts are uploaded first (POST /texts)",
        )
    if size - written > _MAX_ENVELOPE:
        raise Unfit(
            n,
            "",
            f"data 以外最多 {_MAX_ENVELOPE} 字节",
            f"at most {_MAX_ENVELOPE} bytes beside its data, this has {size - written}",
        )


def _first_fault(event: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """JSON pointer of the first value that can't be encoded, and why not, in Chinese and English."""
    left: list[tuple[str, int, Any]] = [("", 0, event)]
    while left:
        field, depth, value = left.pop()
        if depth > _MAX_DEPTH:
            return field[:100], "嵌套过深", "nested too deeply"
        match value:
            case float() if not math.isfinite(value):
                return field, f"{value} 不是 JSON 中的数", f"{value} is no number in JSON"
            case int() if value.bit_length() > _MAX_DIGITS * 3.3219:
                return field, f"整数超过 {_MAX_DIGITS} 位", f"an integer of more than {_MAX_DIGITS} digits"
            case str() if any("\ud800" <= each <= "\udfff" for each in value):
                return (
                    field,
                    "含有不成对的代理字符，不是 UTF-8",
                    "has half a surrogate pair, which UTF-8 has not",
                )
            case Mapping():
                inner = [(f"{field}/{_escaped(name)}", depth + 1, each) for name, each in value.items()]
                left += reversed(inner)
            case list() | tuple():
                left += reversed([(f"{field}/{n}", depth + 1, each) for n, each in enumerate(value)])
    return None


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")
