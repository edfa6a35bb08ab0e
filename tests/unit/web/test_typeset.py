"""A text is set like an official document, and not one character of it is changed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.web.typeset import MOST_LINES, Block, typeset

LETTER = """区政府各部门：
《示例区政务公开工作制度》已经区政府同意，现印发给你们，请认真贯彻执行。
示例区人民政府办公室
2026年3月2日
（此件主动公开）
示例区政务公开工作制度
第一章 总则
第一条 为了规范政务公开工作，制定本制度。
一、组织领导
（一）明确责任
各单位主要负责人负总责。
"""


def kinds(text: str, title: str = "", media_type: str = "text/plain") -> list[tuple[str, str]]:
    return [(b.kind, b.text) for b in typeset(text, title, media_type).blocks]


def test_each_line_of_a_letter_is_what_it_is() -> None:
    found = [kind for kind, _ in kinds(LETTER, "示例区政务公开工作制度")]
    assert found == [
        "addressee",
        "para",
        "right",
        "right",
        "note",
        "title",
        "chapter",
        "article",
        "level1",
        "level2",
        "para",
    ]


def test_an_article_leads_with_its_number() -> None:
    (block,) = typeset("第十二条 行政机关应当编制指南。", "").blocks
    assert block == Block("article", "行政机关应当编制指南。", lead="第十二条")


def test_a_long_line_with_a_number_is_a_paragraph() -> None:
    assert kinds("一、区政府将政务公开的经费纳入年度财政预算，保障政务公开活动的正常进行。")[0][0] == "para"


def test_the_parts_of_a_compilation_are_headed_by_their_names() -> None:
    text = "索引号 | wy/1 | 效力 | |\n主动公开制度\n一、甲。\n保密审查制度\n第一条 乙。\n丁制度\n一、戊。"
    assert kinds(text)[:4] == [
        ("note", "索引号 | wy/1 | 效力 | |"),
        ("chapter", "主动公开制度"),
        ("para", "一、甲。"),
        ("chapter", "保密审查制度"),
    ]
    assert [b.text for b in typeset(text, "").contents] == ["主动公开制度", "保密审查制度", "丁制度"]


def test_a_line_that_announces_a_list_is_no_heading() -> None:
    assert kinds("甲。\n乙。\n丙。\n丁。\n三、具体职责包括：")[-1] == ("para", "三、具体职责包括：")


@given(st.text(alphabet="一二第条章、（）()：:。 \n\t公开2026年3月", max_size=200))
def test_plain_text_keeps_every_character(text: str) -> None:
    kept = "".join(b.lead + b.text for b in typeset(text, "公开").blocks)
    assert "".join(kept.split()) == "".join(text.split())


def test_markdown_headings_and_lists_lose_only_their_marks() -> None:
    text = "---\nsource: x\n---\n# 条例\n<!-- END -->\n## 第一章 总则\n- 甲\n正文。"
    assert kinds(text, "条例", "text/markdown") == [
        ("note", "source: x"),
        ("title", "条例"),
        ("chapter", "第一章 总则"),
        ("item", "甲"),
        ("para", "正文。"),
    ]


def test_contents_list_chapters_where_there_are_some() -> None:
    text = "\n".join(f"第{n}章 某某\n第{n}条 某事。" for n in "一二三")
    assert [b.text for b in typeset(text, "").contents] == ["第一章 某某", "第二章 某某", "第三章 某某"]
    anchors = [b.anchor for b in typeset(text, "").contents]
    assert len(set(anchors)) == 3


def test_two_headings_need_no_list_of_contents() -> None:
    assert typeset("一、甲\n二、乙\n正文。", "").contents == ()


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("# a" + " " * 200_000 + "b", "text/markdown"),
        ("# a" + "#" * 200_000 + "b", "text/markdown"),
        ("第一条" + " " * 200_000 + "\n", "text/plain"),
        ("第一章" + " " * 200_000 + "甲 乙", "text/plain"),
        ("2026" + " " * 200_000 + "年x", "text/plain"),
        ("|" + "甲" * 200_000, "text/plain"),
        ("（" * 200_000, "text/plain"),
        ("- " * 100_000, "text/markdown"),
        ("甲\n" * 2_600_000, "text/plain"),
        ("#\r" * 2_600_000, "text/markdown"),
        ("甲" * 5_000_000, "text/plain"),
    ],
)
def test_no_text_takes_long_and_none_loses_a_character(text: str, media_type: str) -> None:
    began = time.process_time()
    sheet = typeset(text, "标题", media_type)
    assert time.process_time() - began < 1.0  # the worst takes a tenth of it
    assert len(sheet.blocks) <= MOST_LINES
    if media_type == "text/plain":
        kept = "".join(b.lead + b.text for b in sheet.blocks) + sheet.rest
        assert "".join(kept.split()) == "".join(text.split())


def test_the_rest_of_a_long_text_begins_with_a_line_of_its_own() -> None:
    line = "甲" * 99 + "\n"
    sheet = typeset(line * 4000, "")
    assert sheet.rest.startswith(line)
    assert len(sheet.blocks) * 100 + len(sheet.rest) == 400_000
    assert typeset(line * 3000, "").rest == ""


@pytest.mark.parametrize(
    ("line", "words"), [("# 甲 ##", "甲"), ("# 甲##", "甲"), ("#   甲 # 乙", "甲 # 乙"), ("# ##", "##")]
)
def test_a_headings_closing_marks_are_none_of_its_words(line: str, words: str) -> None:
    assert kinds(line, media_type="text/markdown") == [("title", words)]
