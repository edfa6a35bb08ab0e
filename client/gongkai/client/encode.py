"""Whether an event is one that a door can read at all: told when it is put into the queue, to who can mend it."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json, to_json

from gongkai.contracts.ingress import LARGEST_EVENT

_ROOM: Final = 64 * 1024  # bytes of an event beside its data
_DIGITS: Final = 4300  # that a JSON reader takes of one number
_DEEPEST: Final = 190  # objects and lists within each other that a JSON reader takes


@dataclass(slots=True)
class Unfit(ValueError):
    """No event. `n`: which of those put in together, from 1; `field`: JSON pointer of what to mend."""

    n: int
    field: str
    zh: str
    en: str

    def __str__(self) -> str:
        at_zh, at_en = (f" {self.field}", f" at {self.field}") if self.field else ("", "")
        return f"第 {self.n} 个事件{at_zh}：{self.zh} / event {self.n}{at_en}: {self.en}"


def fit(event: Mapping[str, Any], n: int) -> bytes:
    """The event as JSON that the door can read. Raises Unfit, which names what to mend."""
    if not isinstance(event, Mapping):
        raise Unfit(n, "", "不是 JSON 对象", "not a JSON object")
    try:
        said = to_json(event)
        again = from_json(said, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        why = str(error)[:200]
        raise Unfit(n, *(_culprit(event) or ("", f"不能写成 JSON：{why}", f"not JSON: {why}"))) from None
    if len(said) > LARGEST_EVENT:
        _bounded(again, len(said), n)
    return said


def _bounded(event: dict[str, Any], size: int, n: int) -> None:
    """Raises Unfit for data, or for all beside it, that is larger than the door takes. `size`: of the whole."""
    if isinstance(encoded := event.get("data_base64"), str):
        field, data, written = "/data_base64", len(encoded) // 4 * 3, len(encoded)
    else:
        # as the door counts
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
    if size - written > _ROOM:
        raise Unfit(
            n,
            "",
            f"data 以外最多 {_ROOM} 字节",
            f"at most {_ROOM} bytes beside its data, this has {size - written}",
        )


def _culprit(event: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Pointer and fault of the first value that is to blame."""
    left: list[tuple[str, int, Any]] = [("", 0, event)]
    while left:
        field, depth, value = left.pop()
        if depth > _DEEPEST:
            return field[:100], "嵌套过深", "nested too deeply"
        match value:
            case float() if not math.isfinite(value):
                return field, f"{value} 不是 JSON 中的数", f"{value} is no number in JSON"
            case int() if value.bit_length() > _DIGITS * 3.3219:
                return field, f"整数超过 {_DIGITS} 位", f"an integer of more than {_DIGITS} digits"
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
