"""政府信息的载体: what is taken in, a text or another form of information, and is what it says it is (LS-2)."""

import re
from typing import Any

from fastapi import Request

from gongkai.contracts.media import MEDIA, MIB, has_signature_of
from gongkai.intake.documents.refusals import not_text

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")  # all but \t \n \f \r
TEXT_BODY: dict[str, Any] = {
    name: {"schema": {"type": "string"} if known.is_text else {"type": "string", "format": "binary"}}
    for name, known in MEDIA.items()
}


async def check_text(request: Request) -> tuple[str, bytes]:
    """Media type and bytes of a request's body. Raises BadInput that says what is wrong with it."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    known = MEDIA.get(media_type)
    if known is None:
        raise not_text(
            f"不能接收“{media_type or '无'}”类型的内容。可以接收：{'、'.join(MEDIA)}。",
            f"“{media_type or 'nothing'}” isn't taken in. These are: {', '.join(MEDIA)}.",
            status=415,
        )
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > known.most:
            most = known.most // MIB
            raise not_text(f"正文超过 {most} MiB。", f"The text is larger than {most} MiB.", status=413)
    if known.is_text:
        _check_words(bytes(content))
    elif not has_signature_of(bytes(content), known):
        raise not_text(
            f"文件内容与类型“{media_type}”不符。请按实际格式上传。",
            f"The file isn't “{media_type}”. Upload it as what it is.",
        )
    return media_type, bytes(content)


def _check_words(content: bytes) -> None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise not_text(
            f"文件不是文本：第 {error.start + 1} 个字节不是 UTF-8。请另存为 UTF-8 文本后重新上传。",
            f"Not a text: byte {error.start + 1} is not UTF-8. Save it as UTF-8 text and upload it again.",
        ) from None
    check_words(text)


def check_words(text: str, field: str = "/body") -> None:
    """Raises BadInput for what nobody could read."""
    if not text.strip():
        raise not_text("正文为空。", "The text is empty.", field=field)
    control = _CONTROL.search(text)
    if control is not None:
        raise not_text(
            f"文件不是文本：含有控制字符 U+{ord(control[0]):04X}。",
            f"Not a text: it has the control character U+{ord(control[0]):04X}.",
            field=field,
        )
