"""The errors of a body or an envelope, in words: code, field, a sentence in both languages."""

from typing import Final

from gongkai.contracts.errors import BadInput, Sentence
from gongkai.contracts.ingress import (
    AHEAD,
    BATCH,
    DEEPEST,
    EXTENSIONS,
    LARGEST,
    LARGEST_EVENT,
    MOST,
    ONE,
)

MAX_NAME: Final = 80  # characters that are repeated of a name which the caller made up


def bad_input(code: str, zh: str, en: str, field: str | None = None, status: int = 422) -> BadInput:
    """What the caller got wrong, under a code of the ingress."""
    return BadInput(f"ingress.{code}", Sentence(zh, en), field=field, status=status)


def shortened(name: str) -> str:
    """As much of the caller's own words as an error repeats."""
    return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"


# -- a body as a whole


def not_json(says: str) -> BadInput:
    return bad_input(
        "not-json",
        f"不是有效的 UTF-8 JSON：{says}。请更正后重新提交。",
        f"Not valid JSON in UTF-8: {says}. Mend it and send again.",
        status=400,
    )


def disconnected() -> BadInput:
    return bad_input(
        "not-json",
        "请求在传完之前中断。请重新提交。",
        "The request broke off before it was whole. Send it again.",
        status=400,
    )


def too_slow(seconds: float) -> BadInput:
    return bad_input(
        "too-slow",
        f"请求内容未在{seconds:.0f}秒内传完，未作处理。请检查网络，或者分成较小的批次重新提交。",
        f"The body was not whole after {seconds:.0f} s, and nothing was done. Mend the line, or send smaller batches.",
        status=408,
    )


def not_a_batch() -> BadInput:
    return bad_input(
        "no-batch", "批量提交应为事件的 JSON 数组。", "A batch is a JSON array of events.", status=400
    )


def too_many(count: int) -> BadInput:
    return bad_input(
        "too-many",
        f"一批最多 {MOST} 个事件，收到 {count} 个。请分批提交。",
        f"A batch holds at most {MOST} events, this one has {count}. Send several.",
        status=413,
    )


def body_too_large() -> BadInput:
    return bad_input(
        "body-too-large",
        f"一次最多提交 {LARGEST} 字节。请分批提交。",
        f"A request holds at most {LARGEST} bytes. Send several.",
        status=413,
    )


def wrong_media_type(media_type: str) -> BadInput:
    return bad_input(
        "media-type",
        f"Content-Type 应为 {ONE}、{BATCH}，或带 ce- 请求头的 application/json；收到“{shortened(media_type) or '无'}”。",
        f"Content-Type is {ONE}, {BATCH}, or application/json with ce- headers; not “{shortened(media_type) or 'none'}”.",
        "Content-Type",
        415,
    )


# -- an envelope


def not_an_object() -> BadInput:
    return bad_input("no-event", "事件应为 JSON 对象。", "An event is a JSON object.", status=400)


def attribute_twice(name: str) -> BadInput:
    name = shortened(name)
    return bad_input(
        "attribute-twice", f"属性 {name} 重复。", f"The attribute {name} is there twice.", f"/{name}", 400
    )


def not_utf8(field: str) -> BadInput:
    field = shortened(field)
    return bad_input("not-utf8", f"{field} 不是 UTF-8。", f"{field} is not UTF-8.", field, 400)


def in_future() -> BadInput:
    minutes = int(AHEAD.total_seconds() // 60)
    return bad_input(
        "in-future",
        f"事件时间晚于当前时间 {minutes} 分钟以上。请校准贵方系统的时钟。",
        f"The event's time is more than {minutes} minutes ahead. Set your system's clock.",
        "/time",
    )


def too_many_attributes() -> BadInput:
    return bad_input(
        "too-many-attributes",
        f"扩展属性最多 {EXTENSIONS} 个。",
        f"An event has at most {EXTENSIONS} extension attributes.",
    )


def bad_attribute_name(name: str) -> BadInput:
    return bad_input(
        "attribute-name",
        f"属性名应为 1 至 20 个小写字母或数字：{name[:40]}",
        f"An attribute's name is 1 to 20 lower-case letters or digits: {name[:40]}",
    )


def bad_attribute_value(name: str) -> BadInput:
    return bad_input(
        "attribute-value",
        f"扩展属性 {name} 应为不超过 256 字的文本、32 位整数或布尔值。",
        f"The extension attribute {name} is a text of at most 256 characters, a 32-bit integer or a boolean.",
        f"/{name}",
    )


# -- data


def data_not_json(kind: str) -> BadInput:
    return bad_input(
        "data-not-json",
        f"data 应为 JSON（application/json），收到 {kind[:80]}。",
        f"data is JSON (application/json), not {kind[:80]}.",
        "/datacontenttype",
        415,
    )


def data_twice() -> BadInput:
    return bad_input(
        "data-twice", "data 与 data_base64 只能有一个。", "Either data or data_base64.", "/data_base64"
    )


def not_base64() -> BadInput:
    return bad_input("not-base64", "data_base64 不是 base64。", "data_base64 is not base64.", "/data_base64")


def no_data() -> BadInput:
    return bad_input(
        "no-data", "缺少 data，应为 JSON 对象。", "data is missing; it is a JSON object.", "/data"
    )


def too_deep() -> BadInput:
    return bad_input(
        "too-deep", f"data 嵌套最多 {DEEPEST} 层。", f"data is nested at most {DEEPEST} deep.", "/data"
    )


def unstorable() -> BadInput:
    return bad_input(
        "unstorable",
        "data 含有无法保存的字符（如 NUL）或过大的数。请更正后重新提交。",
        "data has characters (as NUL) or numbers that can't be stored. Mend it and send again.",
        "/data",
    )


def too_large() -> BadInput:
    return bad_input(
        "too-large",
        f"一个事件的 data 最多 {LARGEST_EVENT} 字节。较长的正文请先用 POST /texts 上传，再报送其摘要。",
        f"An event's data holds at most {LARGEST_EVENT} bytes. Upload a longer text first (POST /texts).",
        "/data",
        413,
    )
