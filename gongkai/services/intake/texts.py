"""政府信息的载体: what counts as a text (LS-2). Other forms have their own way in."""

import unicodedata
from typing import Any

from fastapi import Request

from gongkai.contracts.errors import BadInput, Sentence

MAX_TEXT = 5 * 1024 * 1024  # bytes
ACCEPTED = ("text/plain", "text/markdown")
TextTypes: dict[str, Any] = {media_type: {} for media_type in ACCEPTED}


async def check_text(request: Request) -> tuple[str, bytes]:
    """Media type and bytes of a request's body. Raises BadInput that says what is wrong with it."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ACCEPTED:
        raise _not_text(
            f"正文类型应为 {' 或 '.join(ACCEPTED)},收到的是“{media_type or '无'}”。",
            f"A text is {' or '.join(ACCEPTED)}, not “{media_type or 'nothing'}”.",
            status=415,
        )
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_TEXT:
            raise _not_text("正文超过 5 MiB。", "The text is larger than 5 MiB.", status=413)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_text(
            f"文件不是文本：第 {error.start + 1} 个字节不是 UTF-8。请另存为 UTF-8 文本后重新上传。",
            f"Not a text: byte {error.start + 1} is not UTF-8. Save it as UTF-8 text and upload it again.",
        ) from None
    if not text.strip():
        raise _not_text("正文为空。", "The text is empty.")
    control = next((c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\r\t\f"), None)
    if control is not None:
        raise _not_text(
            f"文件不是文本：含有控制字符 U+{ord(control):04X}。",
            f"Not a text: it has the control character U+{ord(control):04X}.",
        )
    return media_type, bytes(content)


def _not_text(zh: str, en: str, status: int = 422) -> BadInput:
    return BadInput("text.not-text", Sentence(zh, en), field="/body", clause="LS-2", status=status)
