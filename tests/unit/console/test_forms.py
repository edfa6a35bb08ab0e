"""Forms: what was typed is kept, what the service says about a field is said in the words of the form."""

import pytest
from starlette.datastructures import FormData, Headers, UploadFile

from gongkai.console.calls import in_form_words
from gongkai.console.documents.reads import DocumentFilters
from gongkai.console.drafts.pages import DraftForm
from gongkai.console.lists.addresses import address
from gongkai.web import Problem


class Upload(UploadFile):
    def __init__(self, name: str, content: bytes, media_type: str) -> None:
        import io

        super().__init__(io.BytesIO(content), filename=name, headers=Headers({"content-type": media_type}))


async def test_consultations_come_in_their_order_and_empty_ones_are_none() -> None:
    form = FormData([
        ("consult/0/unit", ""), ("consult/0/kind", "affects"), ("consult/0/matters", ""),
        ("consult/2/unit", "finance"), ("consult/2/kind", "coordinate"), ("consult/2/matters", " 经费 "),
    ])  # fmt: skip
    typed = await DraftForm.read(form)
    assert len(typed.needs) == 2
    assert typed.filled == [{"unit": "finance", "kind": "coordinate", "matters": "经费", "opinion": ""}]


async def test_an_uploaded_text_goes_before_a_typed_one_and_is_kept_in_the_form() -> None:
    form = FormData([("body", "旧"), ("file", Upload("稿.md", "# 新".encode(), "application/octet-stream"))])
    typed = await DraftForm.read(form)
    assert typed.content() == ("# 新".encode(), "text/markdown")
    typed.keep_upload()
    assert typed.fields["body"] == "# 新"


async def test_a_file_that_is_no_text_is_sent_as_what_it_is() -> None:
    typed = await DraftForm.read(FormData([("file", Upload("x.pdf", b"%PDF\xff", "application/pdf"))]))
    assert typed.content()[1] == "application/pdf"
    typed.keep_upload()
    assert typed.fields["body"] == ""


def test_a_missing_field_is_called_by_the_name_it_has_on_the_form() -> None:
    problem = Problem("input.missing", "缺少字段 /title。", "missing", "/title")
    (sentence,) = in_form_words([problem], {"/title": ("标题", "Title")})
    assert sentence.zh == "请填写“标题”。"
    other = Problem("document.no-attribute", "未标注公开属性", "no attribute", "/attribute")
    assert in_form_words([other], {"/attribute": ("公开属性", "Attribute")}) == [other]


def test_an_address_holds_what_is_asked_and_nothing_empty() -> None:
    assert address("/documents", DocumentFilters(q="预算", state="ready"), after="x") == (
        "/documents?q=%E9%A2%84%E7%AE%97&state=ready&after=x"
    )
    assert address("/documents", DocumentFilters()) == "/documents"


async def test_rows_that_no_form_of_ours_has_are_none() -> None:
    names = (
        "consult/abc/unit",
        "consult/",
        "consult/1",
        f"consult/{'9' * 5000}/unit",
        "consult/-1/unit",
        "consult/²/unit",
    )
    typed = await DraftForm.read(FormData([(name, "x") for name in names]))
    assert typed.needs == []


@pytest.mark.parametrize("sentence", ["téxt/plain", "text/plain\r\nX: y", "", "text", "文/本"])
async def test_a_file_of_a_strange_type_is_sent_as_of_none(sentence: str) -> None:
    upload = Upload("稿", b"x", "text/plain")
    upload.headers = Headers(raw=[(b"content-type", sentence.encode("utf-8"))])
    typed = await DraftForm.read(FormData([("file", upload)]))
    assert typed.content() == (b"x", "application/octet-stream")
