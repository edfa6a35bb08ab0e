"""What comes in over HTTP holds no characters that can't be seen; what is stored stays readable."""

import pytest
from pydantic import TypeAdapter, ValidationError

from gongkai.contracts.events import InputLine, InputText, Line, Text

LINE: TypeAdapter[str] = TypeAdapter(InputLine)
TEXT: TypeAdapter[str] = TypeAdapter(InputText)


@pytest.mark.parametrize("unseen", list("\x00\x07\x1b\x7f\x85\n\t\u2028\u2029\u061c\u200f\u202e\u2066\u2069"))
def test_a_line_is_one_line_that_reads_as_it_is_written(unseen: str) -> None:
    with pytest.raises(ValidationError, match="control-character") as refused:
        LINE.validate_python(f"关于{unseen}通知")
    assert f"U+{ord(unseen):04X}" in str(refused.value)
    assert TypeAdapter[str](Line).validate_python(f"关于{unseen}通知")


@pytest.mark.parametrize("unseen", list("\x00\x07\x1b\x7f\x85\r"))
def test_a_text_has_lines_and_tabs_but_no_other_control(unseen: str) -> None:
    with pytest.raises(ValidationError, match="control-character"):
        TEXT.validate_python(f"关于{unseen}通知")
    assert TypeAdapter[str](Text).validate_python(f"关于{unseen}通知")


def test_a_text_from_a_browser_has_plain_line_ends() -> None:
    assert TEXT.validate_python(" 一\r\n二\t三\n四 ") == "一\n二\t三\n四"
    assert LINE.validate_python(" 上教〔2026〕5号 ") == "上教〔2026〕5号"
